import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findLocalCluster, isClusterFolder, type LocalCluster } from './local-cluster.ts';
import { filesOf } from './spec.ts';

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
  readonly 'current-context': string;
  readonly contexts: readonly { readonly name: string }[];
  readonly clusters: readonly object[];
  readonly users: readonly object[];
}

const none: Kubeconfig = { 'current-context': '', contexts: [], clusters: [], users: [] };

async function readKubeconfig(file: string): Promise<Kubeconfig | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Kubeconfig);
}

/**
 * Writes the shared kubeconfig anew: the context of each cluster, running or stopped. The current one is the one named,
 * else it stays what it was.
 */
export async function writeSharedKubeconfig(root: string, current?: string): Promise<void> {
  const file = sharedKubeconfig(root);
  const names = await clusterNames(root);
  const files = names.map((name) => filesOf(clusterFolder(root, name)).kubeconfig);
  const read = await Promise.all([file, ...files].map(readKubeconfig));
  const [before, ...configs] = read.map((config) => config ?? none);
  const contexts = configs.flatMap((config) => config.contexts);
  const known = contexts.some(({ name }) => name === before?.['current-context']);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': current ?? (known ? before?.['current-context'] : contexts[0]?.name) ?? '',
    contexts,
    clusters: configs.flatMap(({ clusters }) => clusters),
    users: configs.flatMap(({ users }) => users),
  };
  await mkdir(clustersFolder(root), { recursive: true });
  await writeFile(`${file}.new`, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
