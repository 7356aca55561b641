import { join } from 'node:path';
import { type Environment, readEnvironment } from '@plumbline/validators';
import type { EmptyNode, StorageClass } from '../../../cluster/index.ts';
import { root } from './test-cluster.ts';

export function environmentNamed(name: string): Promise<Environment> {
  return readEnvironment(root, join('overlays', name, 'environment.yaml'));
}

/** Nodes that run nothing, as many, as large and labelled as the environment declares them. */
export function nodesOf({ name, nodes }: Environment): EmptyNode[] {
  return nodes.flatMap(({ count, cpu, memory, pods, labels }, group) =>
    Array.from({ length: count }, (_, index) => ({
      name: `${name}-${group + 1}-${index + 1}`,
      cpu,
      memory,
      pods: pods ?? 110,
      labels: labels ?? {},
    })),
  );
}

/** The classes that the environment declares, as this cluster's own provisioner serves them. */
export function classesOf({ storageClasses }: Environment): StorageClass[] {
  return storageClasses.map(({ name, default: isDefault, accessModes }) => ({
    name,
    default: isDefault === true,
    shared: accessModes.includes('ReadWriteMany'),
  }));
}
