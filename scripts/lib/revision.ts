import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { didYouMean, run, UsageError } from '@plumbline/validators';

/** A state of a repository, as files in a folder. */
export interface Revision {
  /** As a person calls it: `main (1f2e3d4)`, `the working tree`. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
}

const deadline = 60_000;

/** Runs git in a repository. @throws Error with git's own words when it fails */
async function git(
  root: string,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<string> {
  const { status, stdout, stderr } = await run('git', args, {
    cwd: root,
    deadline,
    ...(env === undefined ? {} : { env }),
  });
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr.trim()}`);
  return stdout.toString('utf8').trim();
}

/** The root of the repository around a folder. @throws UsageError where there is none */
export async function rootAround(folder: string): Promise<string> {
  return git(folder, ['rev-parse', '--show-toplevel']).catch((cause) => {
    throw new UsageError(`${folder} is in no git repository: there is nothing to compare with`, { cause });
  });
}

/** The working tree as it is, with what is not committed. */
export function workingTree(root: string): Revision {
  return { name: 'the working tree', folder: root };
}

/**
 * The files of a revision, in a folder of their own; what is checked out, the index and the list of worktrees are not touched. A
 * tree that was brought out before is used again.
 * @param cache an absolute folder for such trees
 * @throws UsageError for a revision that is not there, with the way to get it
 */
export async function bringOut(root: string, revision: string, cache: string): Promise<Revision> {
  const commit = await commitOf(root, revision);
  const tree = await git(root, ['rev-parse', `${commit}^{tree}`]);
  const folder = join(cache, tree);
  const name = commit.startsWith(revision) ? commit.slice(0, 12) : `${revision} (${commit.slice(0, 12)})`;
  const now = new Date();
  if (await isThere(folder)) {
    await utimes(folder, now, now);
    return { name, folder };
  }
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, 'partial-'));
  try {
    // An index of its own: the checkout's stays as it is.
    const env = { GIT_INDEX_FILE: join(partial, '.index') };
    const files = join(partial, 'files');
    await git(root, ['read-tree', tree], env);
    await git(root, ['checkout-index', '--all', '--force', `--prefix=${files}/`], env);
    await mkdir(files, { recursive: true });
    await rename(files, folder).catch(async (error) => {
      // Another run was first.
      if (!(await isThere(folder))) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return { name, folder };
}

/** Where what is checked out left the main line: what a pull request begins with. @throws UsageError where there is no such line */
export async function branchPoint(root: string): Promise<string> {
  const lines = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'];
  for (const line of lines) {
    const base = await git(root, ['merge-base', 'HEAD', line]).catch(() => undefined);
    if (base !== undefined) return base;
  }
  throw new UsageError(
    `none of ${lines.join(', ')} is there, or none shares a commit with HEAD: name the revision to compare with`,
  );
}

async function commitOf(root: string, revision: string): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const found = await git(root, args).catch(() => undefined);
  if (found !== undefined) return found;
  if ((await git(root, ['rev-parse', '--is-inside-work-tree']).catch(() => '')) !== 'true')
    throw new UsageError(`${root} is no git repository: there is no revision ${revision} to compare with`);
  const refs = await git(root, ['for-each-ref', '--format=%(refname:short)']);
  const shallow = (await git(root, ['rev-parse', '--is-shallow-repository'])) === 'true';
  const way = shallow ? '; the clone is shallow: git fetch --unshallow brings the rest' : '';
  throw new UsageError(`there is no revision "${revision}"${didYouMean(revision, refs.split('\n'))}${way}`);
}

/** Removes trees that no run has used for so many days. */
export async function sweepRevisions(cache: string, days: number): Promise<void> {
  const oldest = Date.now() - days * 86_400_000;
  for (const name of await readdir(cache).catch(() => [])) {
    const entry = await stat(join(cache, name)).catch(() => undefined);
    if (entry !== undefined && entry.mtimeMs < oldest)
      await rm(join(cache, name), { recursive: true, force: true });
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
