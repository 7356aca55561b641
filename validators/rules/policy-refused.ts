import { isNetwork, isStrictlyInside } from '../api-server/networks.ts';
import { held, outOfShape, refused } from '../api-server/refused.ts';
import { portName, portNumber } from '../api-server/shapes.ts';
import type { NetworkPolicyPeer, NetworkPolicyPort } from '../model/kubernetes.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Problem, Rule } from './rule.ts';

function* inPort(
  object: KubernetesObject,
  path: string,
  { port, endPort }: NetworkPolicyPort,
): Iterable<Problem> {
  if (typeof port === 'number') {
    const wrong = portNumber(port);
    if (wrong !== undefined) yield refused(object, `${path}.port`, `the port ${port} ${wrong}`);
    if (endPort !== undefined && (endPort < port || portNumber(endPort) !== undefined))
      yield refused(
        object,
        `${path}.endPort`,
        `endPort ${endPort} must lie between port, ${port}, and 65535`,
      );
    return;
  }
  yield* outOfShape(object, `${path}.port`, 'the port', port, portName);
  if (endPort !== undefined)
    yield refused(object, `${path}.endPort`, `endPort ${endPort} goes with a port that is a number`);
}

function* inPeer(object: KubernetesObject, path: string, peer: NetworkPolicyPeer): Iterable<Problem> {
  const ways = held(peer, ['podSelector', 'namespaceSelector', 'ipBlock']);
  if (ways.length === 0)
    yield refused(object, path, 'the peer is nobody: podSelector, namespaceSelector or ipBlock is missing');
  if (peer.ipBlock === undefined) return;
  if (ways.length > 1) yield refused(object, path, 'a peer is an ipBlock or is selected, not both');
  const { cidr, except = [] } = peer.ipBlock;
  if (!isNetwork(cidr)) {
    yield refused(object, `${path}.ipBlock.cidr`, `${cidr} is no network (as 10.0.0.0/8)`);
    return;
  }
  for (const [index, part] of except.entries()) {
    const at = `${path}.ipBlock.except[${index}]`;
    if (!isNetwork(part)) yield refused(object, at, `${part} is no network (as 10.0.0.0/8)`);
    else if (!isStrictlyInside(part, cidr)) yield refused(object, at, `${part} is no part of ${cidr}`);
  }
}

/** A NetworkPolicy has peers or ports that the API server does not take. */
export const policyRefused: Rule = {
  id: 'policy-refused',
  severity: 'error',
  family: 'api server',
  title: 'a NetworkPolicy has a peer or a port that the API server refuses',
  *check({ model }) {
    for (const { object, typed } of model.policies) {
      const { policyTypes = [] } = typed.spec ?? {};
      if (policyTypes.length > 2)
        yield refused(
          object,
          'spec.policyTypes',
          `there are two policyTypes, and ${policyTypes.length} are named`,
        );
      for (const [index, { ports = [], from = [] }] of (typed.spec?.ingress ?? []).entries()) {
        const path = `spec.ingress[${index}]`;
        for (const [at, port] of ports.entries()) yield* inPort(object, `${path}.ports[${at}]`, port);
        for (const [at, peer] of from.entries()) yield* inPeer(object, `${path}.from[${at}]`, peer);
      }
      for (const [index, { ports = [], to = [] }] of (typed.spec?.egress ?? []).entries()) {
        const path = `spec.egress[${index}]`;
        for (const [at, port] of ports.entries()) yield* inPort(object, `${path}.ports[${at}]`, port);
        for (const [at, peer] of to.entries()) yield* inPeer(object, `${path}.to[${at}]`, peer);
      }
    }
  },
};
