#!/usr/bin/env node
/**
 * Starts a script of this folder on the Node that the repository pins, whatever Node started this file.
 *
 * It is plain JavaScript because it runs before that Node is there: a fresh clone has no node_modules, and
 * the machine's own Node may be too old to run TypeScript as it is.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import module from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedMajor = 24;
const stamp = join(root, 'node_modules', '.plumbline-installed');
const bin = join(root, 'node_modules', '.bin');

/** What an installation depends on, as one digest: the lockfile and the platform it was resolved for. */
function wanted() {
  const lockfile = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(lockfile).update(`${process.platform}-${process.arch}`).digest('hex');
}

/** Heals the manifest of a workspace whose packing was broken off: it would lead to what was packed. */
function unpack() {
  const saved = join(root, 'validators', 'package.json.workspace');
  if (existsSync(saved)) renameSync(saved, join(root, 'validators', 'package.json'));
}

function install() {
  const digest = wanted();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  process.stderr.write('Installing the pinned packages (npm ci) ...\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const run = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    timeout: 10 * 60_000,
    shell: process.platform === 'win32',
  });
  if (run.status !== 0) {
    process.stderr.write(
      `npm ci failed${run.error ? ` (${run.error.message})` : ''}; mend what it says above and run this again.\n`,
    );
    process.exit(2);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}

/** The pinned Node's path, or this very Node where no package carries one for the platform and it is new enough. */
function pinnedNode() {
  const pinned = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node');
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= pinnedMajor) return process.execPath;
  process.stderr.write(
    `No package carries Node ${pinnedMajor} for ${process.platform}-${process.arch}, and this is Node ` +
      `${process.versions.node}: install Node ${pinnedMajor} or newer and run this again.\n`,
  );
  return process.exit(2);
}

/** The scripts that can be named. */
const names = readdirSync(join(root, 'scripts'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));
const [name, ...args] = process.argv.slice(2);
if (!names.includes(name)) {
  process.stderr.write(
    `usage: node scripts/launch.mjs NAME [ARGUMENT ...]\nNAME is one of ${names.sort().join(', ')}\n`,
  );
  process.exit(2);
}
unpack();
install();
const script = join(root, 'scripts', `${name}.ts`);
const node = pinnedNode();
// Keeps compiled scripts, stripped of their types, for the next start.
const compiled = join(root, '.cache', 'compiled');
process.env.PATH = `${bin}${delimiter}${process.env.PATH ?? ''}`;
process.env.NODE_COMPILE_CACHE ??= compiled;

if (realpathSync(node) === realpathSync(process.execPath)) {
  // npm puts the pinned Node first on PATH: then this is it already, and a second process would only cost time.
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
  process.argv = [process.execPath, script, ...args];
  await import(pathToFileURL(script).href);
} else {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', script, ...args], { stdio: 'inherit' });
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`${node} did not start: ${error.message}\n`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 2);
    // Ends as the script did: without the handlers above, which would only pass the signal on once more.
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
