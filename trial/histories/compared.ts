import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addUp,
  build,
  type CheckedTarget,
  compareChecks,
  differenceReports,
  type KubernetesObject,
  readInputs,
  readRendered,
  run,
} from '@plumbline/validators';
import { dump } from 'js-yaml';
import { applyChanges } from '../../validators/diff/apply.ts';
import { compareValues } from '../../validators/diff/compare.ts';
import { pairObjects } from '../../validators/diff/pair-objects.ts';
import { findKustomizations, tops } from '../../validators/render/kustomizations.ts';
import { judgeReport } from './judge.ts';
import type { ToldObject, ToldReport } from './report.ts';

/** What a kustomization renders on each side; undefined where it is not there. */
export interface Renders {
  readonly folder: string;
  readonly before: readonly KubernetesObject[] | undefined;
  readonly after: readonly KubernetesObject[] | undefined;
}

/** Two states of a repository, as folders. */
export interface Sides {
  readonly before: string;
  readonly after: string;
}

export interface Changed {
  /** Those whose renders differ. */
  readonly renders: readonly Renders[];
  /** Those that read other files and could not be rendered on both sides: a base on the network, a defect. */
  readonly unreadable: readonly string[];
}

/**
 * What a change does to each kustomization that no other one includes.
 * @param below the folders to look in, relative to the repository's root
 */
export async function changedRenders(
  kustomize: string,
  sides: Sides,
  below: readonly string[],
): Promise<Changed> {
  const both = [sides.before, sides.after];
  const [older = [], newer = []] = await Promise.all(
    both.map(async (root) => {
      const found = await Promise.all(
        below.map((folder) => findKustomizations(root, join(root, folder)).catch(() => [])),
      );
      return tops(found.flat());
    }),
  );
  const renders: Renders[] = [];
  const unreadable: string[] = [];
  for (const folder of [...new Set([...newer, ...older])].sort()) {
    const inputs = await Promise.all(both.map((root) => readInputs(root, folder)));
    const [was, is] = inputs.map(({ files, digest, findings }) => ({
      isThere: files.length > 0,
      digest: findings.length === 0 ? digest : undefined,
      files: files.join('\n'),
    }));
    if (was === undefined || is === undefined) continue;
    if (was.digest !== undefined && was.digest === is.digest) continue;
    const built = await Promise.all(
      [was, is].map(async ({ isThere, digest }, index) => {
        if (!isThere) return 'not there';
        if (digest === undefined) return undefined;
        const result = await build([kustomize, 'build'], both[index] ?? '', folder);
        return result.ok ? result.stream : undefined;
      }),
    );
    const [from, to] = built;
    if (from === undefined || to === undefined) unreadable.push(folder);
    else if (from !== to) renders.push({ folder, before: objectsOf(from), after: objectsOf(to) });
  }
  return { renders, unreadable };
}

function objectsOf(stream: string): KubernetesObject[] | undefined {
  return stream === 'not there' ? undefined : readRendered(stream, new Map()).map(({ object }) => object);
}

/** How a difference was told, and how it stands beside the plain one. */
export interface Judged {
  /** What is wrong with it, with the folder; nothing where it is right. */
  readonly faults: readonly string[];
  readonly objects: number;
  readonly fields: number;
  /** Of the text that a person reads, and of `diff -u` of the sorted renders. */
  readonly lines: number;
  readonly plainLines: number;
  /** Of the plain ones, those of objects that come or go whole, which the text names in a line each. */
  readonly wholeLines: number;
}

/** Compares what a change does to each kustomization as `npm run diff` does, and judges what that tells. */
export async function judgeChange(repository: string, renders: readonly Renders[]): Promise<Judged> {
  const [before, after] = (['before', 'after'] as const).map((side) =>
    renders.flatMap((one): CheckedTarget[] => {
      const objects = one[side];
      return objects === undefined ? [] : [checkedOf(repository, one.folder, objects)];
    }),
  );
  const difference = compareChecks(before ?? [], after ?? []);
  const names = { from: 'before', to: 'after', colour: false };
  const report = JSON.parse(differenceReports.json(difference, names)) as ToldReport;
  const text = differenceReports.text(difference, names);
  // A line whose two sides are cut to the same tells nobody what is another.
  const faults = [...text.matchAll(/^.*: (.+?)(?: \(\d+ characters\))? → \1(?: \(\d+ characters\))?$/gm)].map(
    ([line]) => `both sides look the same: ${line}`,
  );
  let [objects, fields, plainLines, wholeLines] = [0, 0, 0, 0];
  for (const one of renders) {
    const { folder, before = [], after = [] } = one;
    const told = report.targets.find(({ target }) => target === folder)?.objects ?? [];
    objects += told.length;
    fields += told.reduce((sum, { changes }) => sum + changes.length, 0);
    const wrong = [...judgeReport(before, after, told), ...applied(before, after)];
    wrong.push(...pathsLeftOut(text, told).map((path) => `${path} is not in the text`));
    const { lines, whole } = await plainDiff(before, after);
    plainLines += lines;
    wholeLines += whole;
    if (lines > 0 !== told.length > 0)
      wrong.push(`${lines} lines of plain diff, ${told.length} objects told`);
    faults.push(...wrong.map((fault) => `${folder}: ${fault}`));
  }
  return { faults, objects, fields, lines: countLines(text), plainLines, wholeLines };
}

/** Paths that the text for a person has not, of those that are told; what only follows a new name is told by that. */
function pathsLeftOut(text: string, told: readonly ToldObject[]): string[] {
  return told.flatMap(({ changes }) =>
    changes
      .filter(({ follows, path }) => follows !== true && path !== 'metadata.name')
      .flatMap(({ path, changes: inner = [] }) =>
        inner.length === 0 ? [path] : inner.map((one) => `${path} ${one.path}`),
      )
      .filter((path) => !text.includes(path)),
  );
}

function checkedOf(repository: string, folder: string, objects: readonly KubernetesObject[]): CheckedTarget {
  return {
    target: { name: folder, environment: folder, system: repository, folder },
    environment: undefined,
    objects: objects.map((object) => ({ object, text: '', digest: '' })),
    asks: addUp([], 0),
    findings: [],
    flows: [],
    applications: 0,
    notChecked: [],
    cached: false,
  };
}

/** Pairs whose newer object is not the older one with its changes. */
function applied(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): string[] {
  return pairObjects(before, after).flatMap(({ before: was, after: is }) => {
    if (was === undefined || is === undefined) return [];
    const made = applyChanges(was, compareValues(was, is));
    return JSON.stringify(sorted(made)) === JSON.stringify(sorted(is))
      ? []
      : [`${is.kind} ${is.metadata.name} with its changes is not the newer one`];
  });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, one]) => [name, sorted(one)] as const);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How many lines `diff -u` has of two renders, sorted by object and field, and how many are of objects that one side has. */
async function plainDiff(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): Promise<{ readonly lines: number; readonly whole: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-plain-'));
  // Most objects stand on both sides as they are.
  const written = new Map<string, string>();
  const textOf = (object: KubernetesObject): string => {
    const key = JSON.stringify(object);
    const text = written.get(key) ?? dump(object, { sortKeys: true, lineWidth: -1, noRefs: true });
    written.set(key, text);
    return text;
  };
  try {
    for (const [name, objects] of [
      ['before', before],
      ['after', after],
    ] as const) {
      const id = ({ apiVersion, kind, metadata }: KubernetesObject) =>
        [apiVersion.replace(/\/?[^/]+$/, ''), kind, metadata.namespace ?? '', metadata.name].join(' ');
      const inOrder = objects.toSorted((a, b) => (id(a) < id(b) ? -1 : 1));
      const texts = inOrder.map(textOf);
      await writeFile(join(folder, name), texts.join('---\n'));
    }
    const { status, stdout, stderr } = await run('diff', ['-u', 'before', 'after'], {
      cwd: folder,
      deadline: 60_000,
    });
    if (status > 1) throw new Error(`diff: ${stderr}`);
    const whole = pairObjects(before, after)
      .flatMap((pair) => (pair.before && pair.after ? [] : [pair.before ?? pair.after]))
      .reduce((sum, object) => sum + (object === undefined ? 0 : countLines(textOf(object))), 0);
    return { lines: countLines(stdout.toString('utf8')), whole };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const countLines = (text: string): number => text.split('\n').length - 1;
