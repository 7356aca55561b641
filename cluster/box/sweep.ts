import { existsSync } from 'node:fs';
import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { foldersOfCgroup } from '../inside/cgroups.ts';
import { until } from '../inside/until.ts';
import { type ClusterSpec, filesOf } from '../spec.ts';

export interface Sweep {
  /** The cluster's folder, absolute. */
  readonly state: string;
  readonly cgroup: string;
  /** What stays of the folder: all but what the running cluster said, or nothing. */
  readonly leaves: 'data' | 'nothing';
}

/** Milliseconds in which the kernel has ended what was killed. */
const deadline = 60_000;

/**
 * Removes what outlives a cluster's processes; several may sweep at once.
 * @throws Error when a process is still in one of the cgroups after a minute.
 */
export async function sweep({ state, cgroup, leaves }: Sweep): Promise<void> {
  await until('the cgroups are empty', () => removeCgroups(cgroup), deadline);
  if (await belongsToAnother(state, cgroup)) return;
  if (leaves === 'nothing') {
    await rm(state, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
    return;
  }
  // The kubeconfig stays, as kind's does: the context of a cluster that was stopped is still its name.
  const { pid, status } = filesOf(state);
  await Promise.all([pid, status].map((file) => rm(file, { force: true })));
}

/** True when the folder's cluster was started again meanwhile: every start has a cgroup of its own. */
async function belongsToAnother(state: string, cgroup: string): Promise<boolean> {
  const text = await readFile(filesOf(state).spec, 'utf8').catch(() => undefined);
  return text !== undefined && (JSON.parse(text) as ClusterSpec).cgroup !== cgroup;
}

async function removeCgroups(name: string): Promise<void> {
  for (const folder of await foldersOfCgroup(name)) await removeTree(folder);
}

/** Removes a cgroup with those below it; the files in it are the kernel's and go with it. */
async function removeTree(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
