import type { KubernetesObject } from '@plumbline/validators';
import type { TestCluster } from './test-cluster.ts';

/** How a defect that the API server took shows itself; throws while it does not. */
export type Symptom = (cluster: TestCluster, object: KubernetesObject) => Promise<void>;

/** An event about an object, or about what was made from it, whose message is like this. */
function event(pattern: RegExp): Symptom {
  return async (cluster, { metadata }) => {
    const items = (await cluster.api.list(`/api/v1/namespaces/${metadata.namespace}/events`)) as unknown as {
      message?: string;
      involvedObject: { name: string };
    }[];
    const about = items.filter(({ involvedObject }) => involvedObject.name.startsWith(metadata.name));
    if (about.some(({ message }) => pattern.test(message ?? ''))) return;
    throw new Error(
      `no event is like ${pattern}: ${about
        .map(({ message }) => message)
        .slice(-4)
        .join(' | ')}`,
    );
  };
}

/** A field of the live object, as JSONPath, whose value is like this. */
function field(path: string, pattern: RegExp): Symptom {
  return async (cluster, { kind, metadata }) => {
    const args = [
      'get',
      kind,
      metadata.name,
      '--namespace',
      metadata.namespace ?? '',
      `--output=jsonpath=${path}`,
    ];
    const value = await cluster.kubectl(args);
    if (!pattern.test(value)) throw new Error(`${path} is "${value}"`);
  };
}

/** A Service that leads to no pod, or by a port that no pod has. */
const leadsNowhere: Symptom = async (cluster, { metadata }) => {
  const selector = `kubernetes.io/service-name=${metadata.name}`;
  const args = ['get', 'endpointslices', '--namespace', metadata.namespace ?? '', '--selector', selector];
  const { items } = JSON.parse(await cluster.kubectl([...args, '--output=json'])) as {
    items: { endpoints?: unknown[] | null; ports?: unknown[] | null }[];
  };
  const reached = items.filter(
    ({ endpoints, ports }) => (endpoints ?? []).length > 0 && (ports ?? []).length > 0,
  );
  if (reached.length > 0) throw new Error('it leads to pods');
};

/** What each kind of defect looks like in a cluster whose nodes run nothing. */
export const symptoms: Readonly<Record<string, Symptom>> = {
  'ServiceAccount mistyped': event(/serviceaccount "[^"]+" not found/),
  'claim name mistyped': event(/persistentvolumeclaim "[^"]+" not found/),
  'Service selector mistyped': leadsNowhere,
  'pods too large for a node': event(/Insufficient (cpu|memory)|exceeded quota|maximum (cpu|memory) usage/),
  'scale target mistyped': field('{.status.conditions[?(@.type=="AbleToScale")].reason}', /FailedGetScale/),
  'budget selector mistyped': field('{.status.expectedPods}', /^0$/),
  'budget that blocks': field('{.status.disruptionsAllowed}', /^0$/),
  'pod runs as root': event(/violates PodSecurity "restricted/),
  'runAsNonRoot left out': event(/violates PodSecurity "restricted/),
  'seccomp left out': event(/violates PodSecurity "restricted/),
  'container security left out': event(/violates PodSecurity "restricted/),
  'path of the node mounted': event(/violates PodSecurity "restricted/),
};
