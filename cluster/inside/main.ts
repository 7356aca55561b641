/**
 * Runs a cluster: the first program in its process and mount namespaces, whose end is the end of everything. Its
 * argument is the cluster's spec.json. Where its standard input is a pipe, it ends when that closes: with who started it.
 */
import { spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { type ClusterPhase, type ClusterSpec, type ClusterStatus, filesOf } from '../spec.ts';
import { bootstrap, prepare } from './bootstrap.ts';
import { must } from './command.ts';
import { type Components, keepComponents } from './component.ts';
import { until } from './until.ts';

const started = performance.now();
const spec = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as ClusterSpec;
const files = filesOf(spec.state);
let components: Components | undefined;
let now: Pick<ClusterStatus, 'phase' | 'says'> = { phase: 'starting', says: '' };
let took: number | undefined;
let ending = false;
let written: Promise<void> = Promise.resolve();

if (fstatSync(0).isFIFO() || fstatSync(0).isSocket()) {
  process.stdin.resume();
  process.stdin.on('close', () => process.exit(0));
}
process.on('SIGTERM', () => void end());

try {
  const say = (what: string) => tell('starting', what);
  await prepare(spec, say);
  components = await keepComponents(files.logs, () => void tell(now.phase, now.says));
  await bootstrap(spec, components, say);
  took = Math.round(performance.now() - started);
  await tell('ready', `ready after ${(took / 1000).toFixed(1)} s`);
} catch (error) {
  await tell('failed', error instanceof Error ? error.message : String(error));
  await end(1);
}

/** Writes what the cluster says of itself, one after the other, each whole. */
function tell(phase: ClusterPhase, says: string): Promise<void> {
  now = { phase, says };
  const status: ClusterStatus = {
    ...now,
    ...(took === undefined ? {} : { took }),
    components: components?.states() ?? {},
  };
  written = written.then(async () => {
    await writeFile(`${files.status}.new`, JSON.stringify(status, null, 2));
    await rename(`${files.status}.new`, files.status);
  });
  return written;
}

/** Lets everything end in peace, as on a node that is shut down, for ten seconds at most. */
async function end(status = 0): Promise<void> {
  if (ending) return;
  ending = true;
  components?.release();
  if (status === 0) await tell('stopping', 'it was told to end');
  // Everything in the process namespace but its first process and who asks.
  spawn('sh', ['-c', 'kill -TERM -1'], { stdio: 'ignore' });
  await until('everything ended', allEnded, 10_000).catch(() => {});
  process.exit(status);
}

async function allEnded(): Promise<void> {
  const left = (await must(['sh', '-c', 'ls -d /proc/[0-9]*'])).trim().split('\n');
  // The first process, this one, and the two that ask.
  if (left.length > 4) throw new Error(`${left.length} processes are left`);
}
