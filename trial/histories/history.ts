import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { type Changed, changedRenders, type Sides } from './compared.ts';

/** What of a repository's history is looked at. */
export interface History {
  /** A git directory. */
  readonly git: string;
  /** The newest commit that counts. */
  readonly head: string;
  /** The folders with its kustomizations, and all that these read. */
  readonly folders: readonly string[];
}

/** What one commit does to the kustomizations of its repository. */
export interface CommitChange extends Changed {
  readonly commit: string;
}

const deadline = 5 * 60_000;

async function git(args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await run('git', ['-c', 'core.hooksPath=/dev/null', ...args], {
    deadline,
    env: { GIT_LFS_SKIP_SMUDGE: '1', GIT_TERMINAL_PROMPT: '0' },
  });
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr.trim()}`);
  return stdout.toString('utf8').trim();
}

/** The whole history of a repository's main line, as a git directory. @throws Error with git's words where it cannot be had */
export async function cloneHistory(url: string, into: string): Promise<void> {
  await git(['clone', '--quiet', '--bare', '--single-branch', url, into]);
}

/**
 * The commits of the main line that touch the folders, from the newest, each with what it changes beside the commit before it.
 * @param scratch an empty folder
 */
export async function* changesOf(
  { git: from, head, folders }: History,
  kustomize: string,
  scratch: string,
): AsyncGenerator<CommitChange> {
  const sides: Sides = { before: join(scratch, 'before'), after: join(scratch, 'after') };
  for (const side of Object.values(sides)) {
    await git(['clone', '--quiet', '--shared', '--no-checkout', from, side]);
    await git(['-C', side, 'sparse-checkout', 'set', ...folders]);
  }
  const list = await git(['-C', from, 'log', '--first-parent', '--format=%H %P', head, '--', ...folders]);
  for (const line of list.split('\n')) {
    const [commit = '', parent] = line.split(' ');
    if (parent === undefined) continue;
    for (const [side, revision] of [
      [sides.before, parent],
      [sides.after, commit],
    ] as const)
      await git(['-C', side, 'checkout', '--quiet', '--force', '--detach', revision]);
    yield { commit, ...(await changedRenders(kustomize, sides, folders)) };
  }
}
