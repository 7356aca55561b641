import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, findTargets, run, type Tools, table } from '@plumbline/validators';
import type { Bench } from '../bench.ts';
import { median } from '../lib/median.ts';
import { root } from '../lib/root.ts';
import { repositoryTools } from '../lib/tools.ts';
import { manyObjects } from './many.ts';
import { paired } from './paired.ts';

/** A file of one workload, which eight targets share: the change that people make most. */
const changedFile = 'base/preempt/api/deployment.yaml';
const image = /(image: \S+:)(\S+)/;
const deadline = 10 * 60_000;

/** How many objects each side of the large comparisons has, and in how many kustomizations where it is several. */
const manyCount = 2000;
const parts = 8;
/** The image that another tag is given to in all of them. */
const sharedImage = 'preempt-backend';

/** What is timed in turns, in seconds. */
interface Times {
  readonly shell: number[];
  readonly changed: number[];
  readonly many: number[];
  readonly one: number[];
  readonly build: number[];
}

/**
 * Times `npm run diff`, as a person starts it, on a copy of the repository in which one file is another each time, beside what
 * a shell does for the same: `kustomize build` of every target of both sides, and `diff -r` of what that gives. The diff also
 * validates and judges the newer side, and tells what it would break.
 */
export const benchDiff: Bench = async ({ rounds, say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  try {
    const tools = await repositoryTools(say);
    const [older, newer, many, one] = ['older', 'newer', 'many', 'one'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
      string,
    ];
    for (const side of [older, newer])
      for (const part of ['base', 'overlays', 'facts', 'argocd', 'kustomization.yaml', '.gitignore'])
        await cp(join(root, part), join(side, part), { recursive: true });
    await begin(newer);
    const targets = (await findTargets(newer)).map((target) => target.folder);
    const original = await readFile(join(newer, changedFile), 'utf8');
    const rendered = await renderedBy(tools, newer, 'overlays/kind');
    await writeParts(many, rendered);
    const stream = manyObjects(rendered, manyCount);
    await writeKustomization(join(one, 'all'), { resources: ['objects.yaml'] });
    await writeFile(join(one, 'all', 'objects.yaml'), stream);
    for (const repository of [many, one]) await begin(repository);

    let turn = 0;
    const another = async (file: string, text: string) => {
      turn += 1;
      await writeFile(file, text.replace(image, `$1bench-${turn}`));
    };
    const ways: { readonly [Way in keyof Times]: () => Promise<number> } = {
      shell: () => timeShell(folder, targets, tools),
      changed: async () => {
        await another(join(newer, changedFile), original);
        return timeDiff(newer, join(folder, 'cache'), ['HEAD', '--root', newer]);
      },
      many: async () => {
        turn += 1;
        await writeShared(many, `bench-${turn}`);
        return timeDiff(many, join(folder, 'cache'), ['HEAD', '--every', '.']);
      },
      one: async () => {
        await another(join(one, 'all', 'objects.yaml'), stream);
        return timeDiff(one, join(folder, 'cache'), ['HEAD', '--path', 'all']);
      },
      build: () => timed(async () => void (await renderedBy(tools, one, 'all'))),
    };
    const names = Object.keys(ways) as (keyof Times)[];
    say(`${targets.length} targets, ${rounds} rounds after one to warm up`);
    // The first one renders the older side, which is kept.
    for (const name of names) await ways[name]();
    const times: Times = { shell: [], changed: [], many: [], one: [], build: [] };
    for (let round = 1; round <= rounds; round += 1) {
      for (const name of round % 2 === 1 ? names : names.toReversed()) times[name].push(await ways[name]());
      const told = names.map((name) => `${name} ${(times[name].at(-1) ?? 0).toFixed(2)} s`);
      say(`round ${round} of ${rounds}: ${told.join(', ')}`);
    }
    return report(times, targets.length);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Makes a repository of a folder, with one commit of all that is in it. */
async function begin(folder: string): Promise<void> {
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@invalid'];
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '--message=state'],
  ]) {
    const { status, stderr } = await run('git', [...identity, ...args], { cwd: folder, deadline });
    if (status !== 0) throw new Error(`git ${args[0]} failed: ${stderr}`);
  }
}

async function renderedBy({ kustomize }: Tools, root: string, folder: string): Promise<string> {
  const built = await build([kustomize, 'build'], root, folder);
  if (!built.ok) throw new Error(built.message);
  return built.stream;
}

/** Kustomizations of some hundred objects each, as environments are, which have a component in common and nothing else. */
async function writeParts(folder: string, stream: string): Promise<void> {
  await writeShared(folder, 'bench-0');
  const count = manyCount / parts;
  for (let part = 0; part < parts; part += 1) {
    const here = join(folder, `part-${part}`);
    await writeKustomization(here, { resources: ['objects.yaml'], components: ['../shared'] });
    // An environment is smaller than that: each takes up to two copies.
    await writeFile(join(here, 'objects.yaml'), manyObjects(stream, count, 2 * part));
  }
}

function writeShared(folder: string, newTag: string): Promise<void> {
  const kind = { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component' };
  return writeKustomization(join(folder, 'shared'), { ...kind, images: [{ name: sharedImage, newTag }] });
}

async function writeKustomization(folder: string, fields: object): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(fields));
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function timeDiff(cwd: string, cache: string, args: readonly string[]): Promise<number> {
  return timed(async () => {
    const all = [join(root, 'scripts', 'launch.mjs'), 'diff', ...args, '--cache', cache];
    const env = { NODE_COMPILE_CACHE: join(cache, 'compiled') };
    const { status, stdout, stderr } = await run(process.execPath, all, { cwd, env, deadline });
    // The new image is not the one that is pinned: that is newly wrong, and told.
    if (status === 2 || !/bench-\d+/.test(stdout.toString()))
      throw new Error(`the diff does not tell the change:\n${stdout}${stderr}`);
  });
}

/** Both sides whole, a target at a time. */
const loop = `
rm -rf rendered
mkdir -p rendered/older rendered/newer
for target in "$@"; do
  for side in older newer; do
    "$KUSTOMIZE" build "$side/$target" > "rendered/$side/$(echo "$target" | tr / -).yaml" || exit 2
  done
done
diff --recursive rendered/older rendered/newer
`;

function timeShell(folder: string, targets: readonly string[], tools: Tools): Promise<number> {
  return timed(async () => {
    const { status, stderr } = await run('sh', ['-c', loop, 'loop', ...targets], {
      cwd: folder,
      env: { KUSTOMIZE: tools.kustomize },
      deadline,
    });
    if (status !== 0 && status !== 1) throw new Error(`the shell could not compare both sides:\n${stderr}`);
  });
}

function report(times: Times, targets: number): string {
  const row = (name: keyof Times, about: string) => [
    name,
    ...[median(times[name]), Math.min(...times[name]), Math.max(...times[name])].map((one) => one.toFixed(2)),
    about,
  ];
  const rows = [
    ['', 'median s', 'least', 'most', ''],
    row('shell', `kustomize build of ${targets} targets of both sides, and diff -r`),
    row('changed', `the diff of ${targets} targets, when ${changedFile} has changed since the last`),
    row(
      'many',
      `the diff of ${manyCount} objects a side in ${parts} kustomizations, all of which a changed tag reaches`,
    ),
    row('one', `the diff of ${manyCount} objects a side in one, of which one has changed`),
    row('build', 'kustomize build of its newer side alone'),
  ];
  const ratio = paired(times.changed, times.shell);
  const figures = `ratio=${ratio.ratio.toFixed(2)} changed_s=${median(times.changed).toFixed(2)} shell_s=${median(times.shell).toFixed(2)} many_s=${median(times.many).toFixed(2)} one_s=${median(times.one).toFixed(2)} build_s=${median(times.build).toFixed(2)} targets=${targets} objects=${manyCount}`;
  return `${table(rows, [1, 2, 3]).join('\n')}\nthe diff takes ${ratio.told} of the shell's time\nbench diff ${figures}\n`;
}
