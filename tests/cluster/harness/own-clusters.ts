import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { clusterNames, down, heldBy } from '../../../cluster/index.ts';
import { root } from './test-cluster.ts';

/**
 * Gives this process a folder of clusters of its own, in which `deploy` and its likes make theirs, as a person's in
 * `.cache`. They end with this process, however it ends.
 * @returns what ends them, and removes the folder
 */
export async function ownClusters(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-clusters-'));
  process.env.PLUMBLINE_CLUSTERS = folder;
  const made = await run('mkfifo', [join(folder, heldBy)], { deadline: 10_000 });
  if (made.status !== 0) throw new Error(made.stderr);
  // For reading too, since opening it for writing alone waits for a reader. By its number, which nobody collects: a
  // FileHandle that is out of sight is closed with the garbage, and the clusters would end with it.
  const held = openSync(join(folder, heldBy), 'r+');
  return async () => {
    for (const name of await clusterNames(root)) await down(root, name);
    closeSync(held);
    await rm(folder, { recursive: true, force: true });
  };
}
