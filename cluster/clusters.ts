import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findLocalCluster, isClusterFolder, type LocalCluster } from './local-cluster.ts';

/** Where a repository's clusters are kept; PLUMBLINE_CLUSTERS names another place. */
export function clustersFolder(root: string): string {
  return process.env.PLUMBLINE_CLUSTERS ?? join(root, '.cache', 'cluster', 'clusters');
}

/** The folder of one of them. */
export function clusterFolder(root: string, name: string): string {
  return join(clustersFolder(root), name);
}

/** The one file that names every cluster that runs, for kubectl. */
export function sharedKubeconfig(root: string): string {
  return join(clustersFolder(root), 'kubeconfig');
}

/** The names of the clusters that are there, running or stopped. */
export async function clusterNames(root: string): Promise<string[]> {
  const folder = clustersFolder(root);
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder);
  return entries.filter((name) => isClusterFolder(join(folder, name))).sort();
}

/** The clusters that run. */
export async function runningClusters(root: string): Promise<LocalCluster[]> {
  const names = await clusterNames(root);
  const found = await Promise.all(names.map((name) => findLocalCluster(clusterFolder(root, name))));
  return found.filter((cluster) => cluster !== undefined);
}

interface Kubeconfig {
  readonly contexts: readonly object[];
  readonly clusters: readonly object[];
  readonly users: readonly object[];
}

/** Writes the shared kubeconfig anew: each running cluster's context, the one named as the current. */
export async function writeSharedKubeconfig(root: string, current?: string): Promise<void> {
  const running = await runningClusters(root);
  const configs = await Promise.all(
    running.map(async ({ kubeconfig }) => JSON.parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig),
  );
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': current ?? running[0]?.context ?? '',
    contexts: configs.flatMap(({ contexts }) => contexts),
    clusters: configs.flatMap(({ clusters }) => clusters),
    users: configs.flatMap(({ users }) => users),
  };
  const file = sharedKubeconfig(root);
  await mkdir(clustersFolder(root), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
