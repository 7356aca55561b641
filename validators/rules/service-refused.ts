import { isIP } from 'node:net';
import { isNetwork } from '../api-server/networks.ts';
import { outOfShape, refused } from '../api-server/refused.ts';
import { dnsSubdomain, labelKey, portName, portNumber } from '../api-server/shapes.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Problem, Rule } from './rule.ts';

interface Port {
  readonly port: number;
  readonly nodePort?: number;
  readonly targetPort?: unknown;
  readonly appProtocol?: string;
}

interface Spec {
  readonly type?: string;
  readonly ports?: readonly Port[];
  readonly clusterIP?: string;
  readonly externalName?: string;
  readonly sessionAffinity?: string;
  readonly sessionAffinityConfig?: unknown;
  readonly externalTrafficPolicy?: string;
  readonly healthCheckNodePort?: number;
  readonly externalIPs?: readonly string[];
  readonly loadBalancerClass?: string;
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly allocateLoadBalancerNodePorts?: boolean;
}

function* inPorts(object: KubernetesObject, type: string, ports: readonly Port[]): Iterable<Problem> {
  for (const [index, { port, nodePort, targetPort, appProtocol }] of ports.entries()) {
    const path = `spec.ports[${index}]`;
    yield* outOfShape(object, `${path}.appProtocol`, 'the protocol', appProtocol, labelKey);
    const wrong = portNumber(port);
    if (wrong !== undefined) yield refused(object, `${path}.port`, `the port ${port} ${wrong}`);
    if (typeof targetPort === 'number' && targetPort !== 0) {
      const wrongTarget = portNumber(targetPort);
      if (wrongTarget !== undefined)
        yield refused(object, `${path}.targetPort`, `the port ${targetPort} ${wrongTarget}`);
    } else if (targetPort !== '')
      yield* outOfShape(object, `${path}.targetPort`, 'the port', targetPort, portName);
    if (nodePort && type === 'ClusterIP')
      yield refused(
        object,
        `${path}.nodePort`,
        `the type is ClusterIP, and nodePort ${nodePort} goes with NodePort or LoadBalancer`,
      );
  }
}

/** Fields that go with some types alone. */
function* ofOtherTypes(object: KubernetesObject, type: string, spec: Spec): Iterable<Problem> {
  const balanced = [
    'loadBalancerSourceRanges',
    'allocateLoadBalancerNodePorts',
    'loadBalancerClass',
  ] as const;
  for (const field of type === 'LoadBalancer' ? [] : balanced) {
    if (spec[field] !== undefined)
      yield refused(object, `spec.${field}`, `the type is ${type}, and ${field} goes with LoadBalancer`);
  }
  const outside =
    type === 'LoadBalancer' ||
    type === 'NodePort' ||
    (type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0);
  if (spec.externalTrafficPolicy && !outside)
    yield refused(
      object,
      'spec.externalTrafficPolicy',
      `the type is ${type}, and externalTrafficPolicy goes with NodePort or LoadBalancer`,
    );
  const checked = type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
  if (spec.healthCheckNodePort && !checked)
    yield refused(
      object,
      'spec.healthCheckNodePort',
      'healthCheckNodePort goes with LoadBalancer and externalTrafficPolicy Local',
    );
}

function* inExternalName(
  object: KubernetesObject,
  { externalName = '', clusterIP }: Spec,
): Iterable<Problem> {
  const name = externalName.replace(/\.$/, '');
  if (name === '')
    yield refused(object, 'spec.externalName', 'a Service of type ExternalName must say the name');
  else yield* outOfShape(object, 'spec.externalName', 'the external name', name, dnsSubdomain);
  if (clusterIP) yield refused(object, 'spec.clusterIP', 'a Service of type ExternalName has no clusterIP');
}

function* inService(object: KubernetesObject): Iterable<Problem> {
  const spec = (object.spec ?? {}) as Spec;
  const { type = 'ClusterIP', ports = [], clusterIP = '' } = spec;
  yield* inPorts(object, type, ports);
  yield* ofOtherTypes(object, type, spec);
  if (type === 'ExternalName') yield* inExternalName(object, spec);
  else if (clusterIP === 'None') {
    if (type !== 'ClusterIP')
      yield refused(
        object,
        'spec.clusterIP',
        `a Service of type ${type} needs an address, and clusterIP is None`,
      );
  } else {
    if (ports.length === 0) yield refused(object, 'spec', 'the Service has no ports');
    if (clusterIP !== '' && isIP(clusterIP) === 0)
      yield refused(object, 'spec.clusterIP', `clusterIP ${clusterIP} is neither an address nor None`);
  }
  if (spec.sessionAffinityConfig && spec.sessionAffinity !== 'ClientIP')
    yield refused(
      object,
      'spec.sessionAffinityConfig',
      'sessionAffinityConfig goes with sessionAffinity ClientIP',
    );
  for (const [index, range] of (spec.loadBalancerSourceRanges ?? []).entries()) {
    if (!isNetwork(range.trim()))
      yield refused(
        object,
        `spec.loadBalancerSourceRanges[${index}]`,
        `${range} is no network (as 10.0.0.0/8)`,
      );
  }
  for (const [index, address] of (spec.externalIPs ?? []).entries()) {
    if (isIP(address) === 0)
      yield refused(object, `spec.externalIPs[${index}]`, `${address} is no IP address`);
  }
}

/** A Service's fields contradict its type or each other. */
export const serviceRefused: Rule = {
  id: 'service-refused',
  severity: 'error',
  family: 'api server',
  title: "a Service's fields contradict its type, or each other",
  *check({ model }) {
    for (const { object } of model.services) yield* inService(object);
  },
};
