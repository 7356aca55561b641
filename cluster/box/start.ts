import { type ChildProcess, spawn } from 'node:child_process';
import { constants, mkdirSync, openSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { type ClusterSpec, filesOf } from '../spec.ts';

export interface BoxOptions {
  /** The cluster ends with this process, however this ends. */
  readonly bound: boolean;
  /** What is left of the cluster's folder when it ends: everything, or nothing. */
  readonly leaves: 'data' | 'nothing';
}

const inside = join(import.meta.dirname, '..', 'inside', 'main.ts');
const sweeper = join(import.meta.dirname, 'sweeper.ts');
const node = [process.execPath, '--disable-warning=ExperimentalWarning'] as const;

/** A FIFO beside the clusters' folders: where there is one, they end when nobody holds it open any more. */
export const heldBy = '.held';

/** What the first process of a cluster that runs on has for its standard input: see `inside/main.ts`. */
function holder(state: string): number | 'ignore' {
  try {
    // Without waiting: where nobody holds it, the cluster ends at once.
    return openSync(join(dirname(state), heldBy), constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return 'ignore';
  }
}

/**
 * Starts a cluster in process, mount and network namespaces of its own. Ending the process that this returns ends
 * everything in them, and the kernel takes the mounts and networks away; a sweeper, which sees that process end by a
 * pipe that closes, removes the cgroups, which no namespace takes with it.
 *
 * @returns the one process, which is detached
 */
export async function startBox(spec: ClusterSpec, { bound, leaves }: BoxOptions): Promise<ChildProcess> {
  const files = filesOf(spec.state);
  mkdirSync(files.logs, { recursive: true });
  await rm(files.status, { force: true });
  await writeFile(files.spec, JSON.stringify(spec, null, 2));
  const log = openSync(join(files.logs, 'cluster.log'), 'a');
  const sweep = spawn(
    'sh',
    [
      '-c',
      'cat >/dev/null; exec "$@"',
      'plumbline-sweeper',
      ...node,
      sweeper,
      spec.state,
      spec.cgroup,
      leaves,
    ],
    { detached: true, stdio: ['pipe', 'ignore', log], cwd: '/' },
  );
  sweep.unref();
  const box = spawn(
    'unshare',
    [
      ...['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private', '--'],
      // The first process of a namespace inherits its orphans, and bash is one that buries them.
      ...['bash', '-c', '"$@"; exit $?', 'plumbline-cluster', ...node, inside, files.spec],
    ],
    { detached: true, stdio: [bound ? 'pipe' : holder(spec.state), log, log, sweep.stdin], cwd: '/' },
  );
  sweep.stdin?.destroy();
  // Neither keeps whoever started it from ending.
  box.unref();
  (box.stdin as Socket | null)?.unref();
  await writeFile(files.pid, `${box.pid}\n`);
  return box;
}
