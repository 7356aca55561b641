import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  build,
  findTargets,
  type Report,
  run,
  schemaLocation,
  type Tools,
  table,
} from '@plumbline/validators';
import type { Bench } from '../bench.ts';
import { median } from '../lib/median.ts';
import { root } from '../lib/root.ts';
import { repositoryTools } from '../lib/tools.ts';
import { manyObjects } from './many.ts';
import { watchMemory } from './memory.ts';

/** A file of one workload, which eight targets share: the change that people make most. */
const changedFile = 'base/preempt/api/deployment.yaml';

const deadline = 10 * 60_000;

/** What is timed in turns, in seconds. */
interface Times {
  readonly loop: number[];
  readonly cold: number[];
  readonly warm: number[];
  readonly changed: number[];
  readonly many: number[];
}

/** How many objects are checked in one go. */
const manyCount = 5000;

/**
 * Times the check on a copy of the repository, as `npm run check` starts it, beside the loop that people write:
 * `kustomize build | kubeconform -strict`, an overlay at a time. Both use the same commands and the same schemas.
 *
 * The check proves the wiring too, which the loop does not. Cold has neither results nor compiled scripts of an earlier run; warm has both, and nothing changed.
 */
export const benchCheck: Bench = async ({ rounds, say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  try {
    const tools = await repositoryTools(say);
    for (const part of ['base', 'overlays', 'facts']) {
      await cp(join(root, part), join(folder, part), { recursive: true });
    }
    const targets = await findTargets(folder);
    const folders = targets.map((target) => target.folder);
    const original = await readFile(join(folder, changedFile), 'utf8');
    let runs = 0;
    const many = join(folder, 'many.yaml');
    await writeFile(many, await rendered(folder, tools, manyCount));

    const ways: { readonly [Way in keyof Times]: () => Promise<number> } = {
      loop: () => timeLoop(folder, folders, tools),
      cold: async () => {
        runs += 1;
        return timeCheck(folder, join(folder, `cold-${runs}`));
      },
      warm: () => timeCheck(folder, join(folder, 'warm')),
      changed: async () => {
        runs += 1;
        await writeFile(join(folder, changedFile), `${original}# change ${runs}\n`);
        const seconds = await timeCheck(folder, join(folder, 'warm'));
        await writeFile(join(folder, changedFile), original);
        return seconds;
      },
      many: () => timed(() => checkMany(many)),
    };
    const names = Object.keys(ways) as (keyof Times)[];
    say(`${targets.length} targets, ${rounds} rounds after one to warm up`);
    // The loop warms the disk, a cold check its commands, the first warm one its cache.
    for (const name of names) await ways[name]();
    const times: Times = { loop: [], cold: [], warm: [], changed: [], many: [] };
    for (let round = 1; round <= rounds; round += 1) {
      for (const name of round % 2 === 1 ? names : names.toReversed()) times[name].push(await ways[name]());
      say(
        `round ${round} of ${rounds}: ${names.map((name) => `${name} ${seconds(times[name])} s`).join(', ')}`,
      );
    }
    return report(times, {
      targets: targets.length,
      flows: await countFlows(folder, join(folder, 'warm')),
      // Watching costs time: it is done in a run of its own.
      memory: await memoryOfMany(many),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function timeCheck(folder: string, cache: string): Promise<number> {
  return timed(async () => {
    const launch = join(root, 'scripts', 'launch.mjs');
    const args = [launch, 'check', '--root', folder, '--cache', cache];
    const env = { NODE_COMPILE_CACHE: join(cache, 'compiled') };
    const { status, stdout, stderr } = await run(process.execPath, args, { env, deadline });
    if (status !== 0)
      throw new Error(`the check found what is wrong, so it has no time:\n${stdout}${stderr}`);
  });
}

/** A stream of many objects, made of what the laptop's environment renders. */
async function rendered(folder: string, tools: Tools, count: number): Promise<string> {
  const built = await build([tools.kustomize, 'build'], folder, 'overlays/kind');
  if (!built.ok) throw new Error(built.message);
  return manyObjects(built.stream, count);
}

async function checkMany(file: string, onStart: (pid: number) => void = () => {}): Promise<void> {
  const launch = join(root, 'scripts', 'launch.mjs');
  const args = [launch, 'check', '--rendered', file];
  const { status, stdout, stderr } = await run(process.execPath, args, { deadline, onStart });
  if (status !== 0 || !stdout.includes(`${manyCount} objects`))
    throw new Error(`the check of ${manyCount} objects found what is wrong:\n${stdout}${stderr}`);
}

async function memoryOfMany(file: string): Promise<number | undefined> {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let memory: Promise<number | undefined> = Promise.resolve(undefined);
  await checkMany(file, (pid) => {
    memory = watchMemory(pid, ended);
  }).finally(resolve);
  return memory;
}

/** How many connections the check of all targets judges. */
async function countFlows(folder: string, cache: string): Promise<number> {
  const args = ['check', '--root', folder, '--cache', cache, '--format', 'json'];
  const { stdout } = await run(process.execPath, [join(root, 'scripts', 'launch.mjs'), ...args], {
    deadline,
  });
  const { targets } = JSON.parse(stdout.toString()) as Report;
  return targets.reduce((sum, { flows }) => sum + flows.length, 0);
}

function timeLoop(folder: string, folders: readonly string[], tools: Tools): Promise<number> {
  return timed(async () => {
    const loop =
      'for overlay in "$@"; do "$KUSTOMIZE" build "$overlay" | "$KUBECONFORM" -strict -summary -schema-location "$SCHEMAS"; done';
    const env = { KUSTOMIZE: tools.kustomize, KUBECONFORM: tools.kubeconform, SCHEMAS: schemaLocation() };
    const { stdout, stderr } = await run('sh', ['-c', loop, 'loop', ...folders], {
      cwd: folder,
      env,
      deadline,
    });
    const valid = stdout.toString().match(/Invalid: 0, Errors: 0, Skipped: 0/g)?.length ?? 0;
    if (valid !== folders.length)
      throw new Error(`the loop judged otherwise than the check:\n${stdout}${stderr}`);
  });
}

function seconds(times: readonly number[]): string {
  return (times.at(-1) ?? 0).toFixed(2);
}

interface Beside {
  readonly targets: number;
  readonly flows: number;
  /** In bytes. */
  readonly memory: number | undefined;
}

function report(times: Times, { targets, flows, memory }: Beside): string {
  const loop = median(times.loop);
  const ratio = (name: keyof Times) => (median(times[name]) / loop).toFixed(2);
  const row = (name: keyof Times, about: string) => [
    name,
    median(times[name]).toFixed(2),
    Math.min(...times[name]).toFixed(2),
    Math.max(...times[name]).toFixed(2),
    ratio(name),
    about,
  ];
  const rows = [
    ['', 'median s', 'least', 'most', 'ratio', ''],
    row('loop', `kustomize build | kubeconform -strict, ${targets} overlays one after another`),
    row('cold', 'the check with nothing kept of an earlier run'),
    row('warm', 'the check when nothing changed'),
    row('changed', `the check when ${changedFile} changed`),
    row('many', `the check of ${manyCount} rendered objects`),
  ];
  const rss = memory === undefined ? 'unknown' : `${Math.round(memory / 2 ** 20)}MiB`;
  const figures = `cold=${ratio('cold')} warm=${ratio('warm')} changed=${ratio('changed')} loop_s=${loop.toFixed(2)} wiring=${flows} many=${median(times.many).toFixed(2)} objects=${manyCount} rss=${rss}`;
  return `${table(rows, [1, 2, 3, 4]).join('\n')}\nbench check ${figures}\n`;
}
