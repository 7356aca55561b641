import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import {
  asForeign,
  type CheckedTarget,
  check,
  findKustomizations,
  noStore,
  openStore,
  type Target,
  tops,
  UsageError,
} from '@plumbline/validators';
import type { CheckRepositoryOptions } from './check-repository.ts';
import { repositoryTools } from './tools.ts';

/** Kustomizations of any repository, by folders relative to its root. */
export interface Folders {
  readonly paths: readonly string[];
  /** Folders of which every kustomization below is meant that no other one there includes. */
  readonly every: readonly string[];
}

/** Folders as a person names them, from where the command stands. @throws UsageError for one that is not in the repository */
export function foldersIn(root: string, paths: readonly string[], every: readonly string[]): Folders {
  const within = (folder: string) => {
    const name = relative(root, resolve(folder));
    if (name === '..' || name.startsWith(`..${sep}`))
      throw new UsageError(`${folder} is not in the repository at ${root}: --root names another`);
    return name.split(sep).join('/') || '.';
  };
  return { paths: paths.map(within), every: every.map(within) };
}

/** The check of kustomizations of a repository by the library's rules alone; empty where it has none of them. */
export async function checkFolders(
  { paths, every }: Folders,
  { root, cache, useCache, progress, seen }: Required<CheckRepositoryOptions>,
): Promise<CheckedTarget[]> {
  const isFolder = (folder: string) =>
    stat(join(root, folder)).then(
      (entry) => entry.isDirectory(),
      () => false,
    );
  const folders = new Set<string>();
  for (const folder of paths) if (await isFolder(folder)) folders.add(folder);
  for (const folder of every) {
    if (!(await isFolder(folder))) continue;
    for (const top of tops(await findKustomizations(root, join(root, folder)))) folders.add(top);
  }
  const targets = [...folders].sort().map((folder): Target => ({ name: folder, environment: '', folder }));
  const checked = await check({
    root,
    targets,
    tools: await repositoryTools(progress),
    store: useCache ? openStore(join(cache, 'rendered')) : noStore,
    scratch: join(cache, 'scratch'),
    workers: availableParallelism(),
    seen,
    progress,
  });
  return Promise.all(checked.map(async (one) => ({ ...one, findings: await asForeign(one.findings) })));
}
