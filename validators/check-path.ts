import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { type CheckStreamOptions, checkStreams } from './check-stream.ts';
import type { Finding } from './finding.ts';
import { deliver } from './gitops/deliver.ts';
import { readTree } from './kustomization/tree.ts';
import { besideNeighbours, type CheckedStream } from './neighbours.ts';
import { inTheLightOf } from './pieces.ts';
import { pooled } from './process/pool.ts';
import { newReads, readInputs } from './render/inputs.ts';
import { type Found, findKustomizations, tops, topsAround } from './render/kustomizations.ts';
import { build } from './render/kustomize.ts';
import { readStream } from './render/stream.ts';
import type { ReportedTarget } from './reports/report.ts';
import { UsageError } from './usage-error.ts';

/** A stream that may hold what Argo CD is told; others are not read for it. */
const ofArgoCd = /^apiVersion: ["']?argoproj\.io\//m;

/** How many of the kustomizations that include a piece are asked about it. */
const mostAround = 6;

/**
 * Renders any kustomization and checks it; findings name the files that it is made of, relative to its repository.
 *
 * One that others of the repository include is judged in their light: what it lacks alone and they bring is a warning.
 * @param kustomize the command that renders, by absolute path.
 * @throws UsageError when there is no such folder.
 */
export async function checkPath(
  folder: string,
  kustomize: string,
  options: CheckStreamOptions,
): Promise<ReportedTarget> {
  const place = await placeOf(folder, '--path takes the folder of a kustomization');
  const { root, move } = await aroundAll(place, [place.name]);
  const name = move(place.name);
  const { target } = await checkFolder(root, name, kustomize, options);
  const { findings, resources } = target;
  if (resources.length === 0 || !findings.some(({ severity }) => severity === 'error')) return target;
  const around = topsAround(await findKustomizations(root), name).slice(0, mostAround);
  const checked: ReportedTarget[] = [];
  for (const top of around) checked.push((await checkFolder(root, top, kustomize, options)).target);
  return inTheLightOf(target, checked);
}

/**
 * Checks every kustomization below a folder that no other one there includes, each in the light of the others: what it lacks
 * alone and another one brings into its namespace is a warning.
 * @throws UsageError when there is no such folder, or no kustomization in it.
 */
export async function checkEvery(
  folder: string,
  kustomize: string,
  options: CheckStreamOptions,
  progress: (message: string) => void = () => {},
): Promise<ReportedTarget[]> {
  const place = await placeOf(folder, '--every takes a folder with kustomizations below it');
  const found = tops(await findKustomizations(place.root, join(place.root, place.name)));
  if (found.length === 0) throw new UsageError(`there is no kustomization below ${folder}`);
  const { root, move } = await aroundAll(place, found);
  const names = found.map(move);
  let done = 0;
  const checked = await pooled(names, options.workers, async (one) => {
    const found = await checkFolder(root, one, kustomize, options);
    done += 1;
    progress(`checked ${one} (${done} of ${names.length})`);
    return found;
  });
  const beside = await partsOfFailed(await findKustomizations(root), root, checked, kustomize, options);
  return besideNeighbours(checked, beside, options);
}

/**
 * What those that do not render are made of, as far as it renders itself: where a whole names something that cannot be fetched,
 * its parts are still what is applied.
 */
async function partsOfFailed(
  found: readonly Found[],
  root: string,
  checked: readonly CheckedStream[],
  kustomize: string,
  options: CheckStreamOptions,
): Promise<CheckedStream[]> {
  const byFolder = new Map(found.map((one) => [one.folder, one]));
  const seen = new Set(checked.map(({ target }) => target.target));
  const parts: CheckedStream[] = [];
  let failed = checked.filter(({ text }) => text === '').map(({ target }) => target.target);
  while (failed.length > 0) {
    const inner = failed.flatMap((folder) => byFolder.get(folder)?.includes ?? []);
    const next = [...new Set(inner)].filter(
      (folder) => !seen.has(folder) && byFolder.get(folder)?.isComponent === false,
    );
    for (const folder of next) seen.add(folder);
    const rendered = await pooled(next, options.workers, (folder) => render(root, folder, kustomize));
    failed = next.filter((_, index) => rendered[index] === undefined);
    parts.push(
      ...rendered.flatMap((text, index) =>
        text === undefined ? [] : [{ target: empty(next[index] ?? '', []), text }],
      ),
    );
  }
  return parts;
}

/** What kustomize renders of a folder; undefined where it does not. */
async function render(root: string, folder: string, kustomize: string): Promise<string | undefined> {
  const built = await build([kustomize, 'build'], root, folder);
  return built.ok && built.stream.trim() !== '' ? built.stream : undefined;
}

interface Place {
  readonly root: string;
  /** The folder, relative to the root. */
  readonly name: string;
  /** True for the root of a git repository. */
  readonly isRepository: boolean;
}

/**
 * A root that holds every file of some kustomizations, with the way from names below the first root to names below it. The root of a
 * repository stays what it is: what reports are compared by.
 */
async function aroundAll({ root, isRepository }: Place, names: readonly string[]) {
  let up = 0;
  for (const name of isRepository ? [] : names) {
    const { files } = await readInputs(root, name, newReads());
    for (const file of files) up = Math.max(up, (/^(?:\.\.\/)+/.exec(file)?.[0] ?? '').length / 3);
  }
  const around = resolve(root, '../'.repeat(up));
  return { root: around, move: (name: string) => relative(around, resolve(root, name)) || '.' };
}

async function placeOf(folder: string, takes: string): Promise<Place> {
  const absolute = resolve(folder);
  const there = await stat(absolute).catch(() => undefined);
  if (!there?.isDirectory()) throw new UsageError(`${folder} is no folder: ${takes}`);
  const { root, isRepository } = await repositoryOf(absolute);
  return { root, name: relative(root, absolute) || '.', isRepository };
}

async function checkFolder(
  root: string,
  name: string,
  kustomize: string,
  options: CheckStreamOptions,
): Promise<CheckedStream> {
  const reads = newReads();
  const { files, findings } = await readInputs(root, name, reads);
  if (findings.length > 0) return failed(name, findings);
  const built = await build([kustomize, 'build'], root, name);
  if (!built.ok) {
    const { explainRenderFailure } = await import('./render/failure.ts');
    const target = { name, environment: '', folder: name };
    return failed(name, [await explainRenderFailure(root, target, built.message, files)]);
  }
  if (built.stream.trim() === '') {
    const message = 'it renders no object: nothing would be applied';
    return failed(name, [
      { rule: 'render', severity: 'warning', message, source: { file: files[0] ?? name } },
    ]);
  }
  const { locator } = await import('./source/locate.ts');
  const locate = locator(root, name, reads);
  const deliveriesOf = (stream: string) => {
    const objects = readStream(stream, name).objects.map(({ object }) => object);
    const projects = objects.filter(({ kind }) => kind === 'AppProject');
    return deliver(root, objects, projects, async (path) => {
      const other = await build([kustomize, 'build'], root, path);
      if (!other.ok) return { failure: other.message };
      return { objects: readStream(other.stream, path).objects.map(({ object }) => object) };
    });
  };
  const deliveries = ofArgoCd.test(built.stream) ? await deliveriesOf(built.stream) : undefined;
  const [target] = await checkStreams([{ name, text: built.stream }], {
    ...options,
    ...(deliveries === undefined ? {} : { deliveries }),
    kustomization: readTree(root, name, reads),
    locate: ({ object }, path, within) => locate(object, path, within),
  });
  return target === undefined ? failed(name, []) : { target, text: built.stream };
}

function failed(target: string, findings: readonly Finding[]): CheckedStream {
  return { target: empty(target, findings), text: '' };
}

function empty(target: string, findings: readonly Finding[]): ReportedTarget {
  return { target, resources: [], flows: [], findings, notChecked: [] };
}

/** The root of the git repository around a folder; where there is none, where the command stands if the folder is in it, else the folder. */
async function repositoryOf(folder: string): Promise<Omit<Place, 'name'>> {
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', '--show-toplevel'], {
      cwd: folder,
      timeout: 10_000,
    });
    return { root: stdout.trim(), isRepository: true };
  } catch {
    const here = process.cwd();
    const root = folder.startsWith(here.endsWith(sep) ? here : `${here}${sep}`) ? here : folder;
    return { root, isRepository: false };
  }
}
