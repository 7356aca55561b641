import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { access, cp, mkdir, realpath, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Folder, folderWith } from '../harness/folder.ts';

const root = join(import.meta.dirname, '..', '..');
const launch = join(root, 'scripts', 'launch.mjs');
const bin = join(root, 'node_modules', '.bin');
const deadline = 60_000;

/** A Node on PATH, outside node_modules, that is older than the pinned one. */
async function olderNode(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'node');
    if (folder.includes('node_modules') || !(await isThere(path))) continue;
    const { stdout } = await run(path, ['-p', 'process.versions.node'], { deadline });
    if (Number.parseInt(stdout.toString(), 10) < 24) return path;
  }
  return undefined;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

const older = await olderNode();
const pinned = await realpath(join(bin, 'node')).catch(() => undefined);
const withOlder = older !== undefined && pinned !== undefined ? test : test.skip;
const why = older === undefined ? ' (skipped: PATH has no Node older than 24)' : '';

/**
 * A repository of launch.mjs and one script, `say`, with the packages of this one; its lockfile is the installed one,
 * so nothing is installed.
 */
async function repositoryThatSays(script: string): Promise<Folder> {
  const folder = await folderWith({ 'scripts/say.ts': script });
  await cp(launch, join(folder.path, 'scripts', 'launch.mjs'));
  await folder.write('package-lock.json', '{}');
  await mkdir(join(folder.path, 'node_modules'));
  await symlink(bin, join(folder.path, 'node_modules', '.bin'));
  const stamp = createHash('sha256').update('{}').update(`${process.platform}-${process.arch}`).digest('hex');
  await folder.write('node_modules/.plumbline-installed', stamp);
  return folder;
}

const starters: readonly (readonly [string, string | undefined])[] = [
  ['an older Node', older],
  ['the pinned Node itself', pinned],
];

for (const [name, node] of starters) {
  const when = node === undefined || pinned === undefined ? test.skip : test;
  const suffix = node === undefined ? why : '';

  when(
    `started by ${name}, a script runs on the pinned Node, with its arguments and its exit status${suffix}`,
    async () => {
      await using folder = await repositoryThatSays(`
      const words: readonly string[] = process.argv.slice(2);
      console.log(JSON.stringify({ node: process.execPath, words, path: process.env.PATH }));
      process.exitCode = 7;`);
      const script = join(folder.path, 'scripts', 'launch.mjs');
      const finished = await run(node ?? '', [script, 'say', 'one word', '--flag'], { deadline });
      assert.is(finished.status, 7, finished.stderr);
      assert.is(finished.stderr, '');
      const said = JSON.parse(finished.stdout.toString());
      assert.is(await realpath(said.node), pinned);
      assert.equal(said.words, ['one word', '--flag']);
      assert.ok(
        said.path.startsWith(join(folder.path, 'node_modules', '.bin')),
        'its commands come first on PATH',
      );
    },
  );

  when(`started by ${name}, a script that throws ends with a status of its own${suffix}`, async () => {
    await using folder = await repositoryThatSays('throw new Error("out of luck");');
    const script = join(folder.path, 'scripts', 'launch.mjs');
    const finished = await run(node ?? '', [script, 'say'], { deadline });
    assert.is(finished.status, 1);
    assert.match(finished.stderr, 'out of luck');
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    when(
      `started by ${name}, ${signal} reaches the script, which may end in its own way${suffix}`,
      async () => {
        await using folder = await repositoryThatSays(`
        process.on('${signal}', () => { console.log('got it'); process.exit(9); });
        setTimeout(() => {}, 20000);
        console.log('ready');`);
        const { lines, status } = await signalled(node ?? '', folder, signal);
        assert.equal(lines, ['ready', 'got it']);
        assert.equal(status, [9, null]);
      },
    );
  }

  when(
    `started by ${name}, a script that a signal ends is ended by it for who started it too${suffix}`,
    async () => {
      await using folder = await repositoryThatSays("setTimeout(() => {}, 20000); console.log('ready');");
      const { status } = await signalled(node ?? '', folder, 'SIGINT');
      assert.equal(status, [null, 'SIGINT']);
    },
  );
}

/** Starts the script, sends it a signal once it is ready, and waits for its end. */
async function signalled(node: string, folder: Folder, signal: NodeJS.Signals) {
  const child = spawn(node, [join(folder.path, 'scripts', 'launch.mjs'), 'say'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line === 'ready') child.kill(signal);
  }
  return { lines, status: await ended };
}

withOlder(`a script of this repository runs under an older Node${why}`, async () => {
  const finished = await run(older ?? '', [launch, 'check', '--help'], { deadline });
  assert.is(finished.status, 0, finished.stderr);
  assert.match(finished.stdout.toString(), /^Usage: npm run check/);
});

for (const words of [[], ['no-such-script'], ['../scripts/check'], ['lib/main']]) {
  test(`\`${['launch.mjs', ...words].join(' ')}\` is unusable: exit 2, with the names that there are`, async () => {
    const finished = await run(process.execPath, [launch, ...words], { deadline });
    assert.is(finished.status, 2);
    assert.match(finished.stderr, /^usage: node scripts\/launch\.mjs NAME .*\n.*\bcheck\b.*\btest\b/);
  });
}

test.run();
