import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseYaml } from '@plumbline/validators';
import { YAML } from 'zx';
import type { Address } from '../addresses.ts';
import type { System } from '../systems.ts';

/** Where the kind cluster that holds everything is described. */
export const kindConfigFile = 'overlays/kind/cluster.yaml';

interface PortMapping {
  readonly containerPort: number;
  readonly hostPort: number;
  readonly listenAddress: string;
  readonly protocol: string;
}

/** overlays/kind/cluster.yaml, as kind reads it. */
export interface KindConfig {
  readonly kind: 'Cluster';
  readonly apiVersion: 'kind.x-k8s.io/v1alpha4';
  readonly nodes: readonly {
    readonly role: string;
    readonly image: string;
    readonly extraPortMappings: readonly PortMapping[];
  }[];
}

/** The kind cluster of everything; the others are of one system, named as its seed names it. */
export const wholeCluster = 'plumbline';
const clusterOfOne: Readonly<Record<string, string>> = {
  'big-data': 'big-data',
  feastflow: 'feastflow-local',
};

/** The kind cluster that these systems go to. */
export function kindClusterName(systems: readonly string[]): string {
  const [only, ...others] = systems;
  return only !== undefined && others.length === 0 ? (clusterOfOne[only] ?? wholeCluster) : wholeCluster;
}

export async function readKindConfig(root: string): Promise<KindConfig> {
  return parseYaml(await readFile(join(root, kindConfigFile), 'utf8')) as KindConfig;
}

/** The rows whose ports a cluster for one system maps: its own, and the ingress controller's where it has an Ingress. */
export function addressesOfOne(rows: readonly Address[], { name, objects }: System): Address[] {
  const ingress = objects.some(({ kind }) => kind === 'Ingress');
  return rows.filter(({ system }) => system === name || (system === undefined && ingress));
}

/** The configuration with the mappings of these addresses alone: laptops' ports are few, and two clusters may run. */
export function filterKindConfig(config: KindConfig, rows: readonly Address[]): KindConfig {
  const wanted = new Set(rows.flatMap(({ host }) => host ?? []));
  return {
    ...config,
    nodes: config.nodes.map((node) => ({
      ...node,
      extraPortMappings: node.extraPortMappings.filter(({ hostPort }) => wanted.has(hostPort)),
    })),
  };
}

export function kindConfigText(config: KindConfig): string {
  return YAML.stringify(config);
}
