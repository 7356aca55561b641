import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseYaml, UsageError } from '@plumbline/validators';
import { clusterFolder, clustersFolder, sharedKubeconfig, writeSharedKubeconfig } from './clusters.ts';
import { endLocalCluster, isClusterFolder, type LocalCluster, startLocalCluster } from './local-cluster.ts';
import { gatherParts } from './parts.ts';
import { type EmptyNode, filesOf, type PortMapping } from './spec.ts';

export interface UpOptions {
  /** The repository's root, absolute. */
  readonly root: string;
  readonly name: string;
  readonly ports: readonly PortMapping[];
  readonly emptyNodes: readonly EmptyNode[];
  /** Ends with this process, and leaves nothing; it runs on unless told. */
  readonly bound?: boolean;
  readonly progress: (message: string) => void;
}

/**
 * Starts a cluster that runs on until it is ended, or one that was stopped, with its data.
 * @throws UsageError when this machine cannot, or one of that name runs.
 */
export async function up(options: UpOptions): Promise<LocalCluster> {
  const { root, name, ports, emptyNodes, bound = false, progress } = options;
  const parts = await gatherParts(root, progress);
  const state = clusterFolder(root, name);
  const cluster = await startLocalCluster({ name, state, parts, bound, ports, emptyNodes, progress });
  await writeCommands(root, parts.binaries.kubectl ?? 'kubectl');
  await writeSharedKubeconfig(root, cluster.context);
  return cluster;
}

/** Ends a cluster and keeps its data. @throws UsageError when there is none of that name. */
export async function stop(root: string, name: string): Promise<void> {
  await endLocalCluster(existing(root, name), 'data');
  await writeSharedKubeconfig(root);
}

/** Ends a cluster with all that it held. @throws UsageError when there is none of that name. */
export async function down(root: string, name: string): Promise<void> {
  await endLocalCluster(existing(root, name), 'nothing');
  await writeSharedKubeconfig(root);
}

/** Starts a cluster that was stopped, as it was. @throws UsageError when there is none of that name. */
export async function restart(root: string, name: string): Promise<LocalCluster> {
  const { spec } = filesOf(existing(root, name));
  const { ports, emptyNodes } = JSON.parse(await readFile(spec, 'utf8')) as UpOptions;
  return up({ root, name, ports, emptyNodes, progress: () => {} });
}

function existing(root: string, name: string): string {
  const state = clusterFolder(root, name);
  if (!isClusterFolder(state)) throw new UsageError(`there is no cluster "${name}"`);
  return state;
}

interface KindConfig {
  readonly nodes?: readonly {
    readonly extraPortMappings?: readonly { readonly containerPort: number; readonly hostPort: number }[];
  }[];
}

/** The ports that a kind configuration maps. @param text the YAML of `kind create cluster --config` */
export function portsOfKindConfig(text: string): PortMapping[] {
  const config = parseYaml(text) as KindConfig;
  return (config.nodes ?? []).flatMap(({ extraPortMappings = [] }) =>
    extraPortMappings.map(({ hostPort, containerPort }) => ({ host: hostPort, node: containerPort })),
  );
}

/** The name that our stand-in for the program has which runs kind's nodes. */
export const nodeRunner = 'plumbline-node';

function commandsFolder(root: string): string {
  return join(clustersFolder(root), 'bin');
}

/** The variables with which deploy and its likes work on these clusters as on kind's. */
export function environmentOf(root: string): Readonly<Record<string, string>> {
  return {
    KUBECONFIG: sharedKubeconfig(root),
    KIND_EXPERIMENTAL_PROVIDER: nodeRunner,
    PATH: `${commandsFolder(root)}:${process.env.PATH ?? ''}`,
  };
}

/** Writes the commands that stand in for kind, and the kubectl of the cluster's own version. */
async function writeCommands(root: string, kubectl: string): Promise<void> {
  const folder = commandsFolder(root);
  await mkdir(folder, { recursive: true });
  const standIn = (file: string) =>
    `exec "${process.execPath}" --disable-warning=ExperimentalWarning "${join(import.meta.dirname, 'stand-in', file)}" "$@"`;
  const commands = {
    kubectl: `exec "${kubectl}" "$@"`,
    kind: standIn('kind.ts'),
    [nodeRunner]: standIn('node.ts'),
  };
  for (const [name, line] of Object.entries(commands)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${line}\n`);
    await chmod(join(folder, name), 0o755);
  }
}
