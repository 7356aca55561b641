import type { KubernetesObject } from '../../render/objects.ts';
import type { Made } from '../made.ts';
import { account } from './account.ts';
import { instances } from './instances.ts';
import { services } from './services.ts';
import { type ClusterSpec, type Labels, labelsOf, metadataOf } from './spec.ts';

/** The instances of a `Cluster`, their account and Services, and the monitor that it asks for. */
export function makeCluster(cluster: KubernetesObject): Made[] {
  const spec = (cluster.spec ?? {}) as ClusterSpec;
  const { name } = cluster.metadata;
  const labels = labelsOf(name, 'database');
  const made: Made[] = [instances(cluster, spec, labels), ...services(cluster, spec, labels)];
  if (spec.serviceAccountName === undefined) made.push(...account(cluster, name, labels));
  if (spec.monitoring?.enablePodMonitor === true) made.push(monitor(cluster, name, labels));
  return made;
}

function monitor(cluster: KubernetesObject, name: string, labels: Labels): Made {
  return {
    object: {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: metadataOf(cluster, name, labels),
      spec: {
        selector: { matchLabels: { 'cnpg.io/cluster': name, 'cnpg.io/podRole': 'instance' } },
        podMetricsEndpoints: [{ port: 'metrics' }],
      },
    },
    paths: [['spec', 'spec.monitoring.enablePodMonitor', 'decides all']],
  };
}
