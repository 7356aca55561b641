import { isSetToListen } from '../graph/listening.ts';
import { declaredPorts } from '../graph/ports.ts';
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import { describeSelector, type LabelSelector } from '../model/selectors.ts';
import type { Workload } from '../model/workload.ts';
import { own } from '../own.ts';
import { didYouMean, editDistance } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';
import { isEmpty, mayBeElsewhere, orOfAnother, selectorHint } from './selector-hint.ts';

/**
 * A mistake is sure where the right word is near; a policy for pods that are left out here does no harm. Parts of one
 * application have names that are alike, and one of them is not another one mistyped: `argocd-server`, `argocd-redis`.
 */
function severityOf(hint: string, selector: LabelSelector | undefined): { severity?: 'warning' } {
  const meant = /"(.*)"/.exec(hint)?.[1];
  const wanted = [
    ...Object.values(selector?.matchLabels ?? {}),
    ...(selector?.matchExpressions ?? []).flatMap(({ values = [] }) => values),
  ];
  const sure = meant !== undefined && wanted.some((word) => isMistyped(word, meant));
  return sure ? {} : { severity: 'warning' };
}

function isMistyped(word: string, meant: string): boolean {
  const [ends, begins] = [word.split('-').slice(1).join('-'), word.split('-')[0] ?? ''];
  const alike =
    ends !== '' && meant.startsWith(`${begins}-`) ? editDistance(ends, meant.slice(begins.length + 1)) : 0;
  return alike <= 2 && editDistance(word, meant) <= Math.max(2, Math.ceil(meant.length / 3));
}

/** Values of an `in` list that are no pod's: the policy then holds for fewer pods than it names. */
function* strayValues(
  model: Model,
  policy: Typed<NetworkPolicy>,
  selector: LabelSelector | undefined,
  path: string,
  workloads: readonly Workload[],
): Iterable<Problem> {
  for (const [index, { key, operator, values = [] }] of (selector?.matchExpressions ?? []).entries()) {
    if (operator !== 'In') continue;
    const known = workloads.map(({ labels }) => own(labels, key)).filter((value) => value !== undefined);
    for (const [position, value] of values.entries()) {
      if (known.includes(value)) continue;
      const one = { matchLabels: { [key]: value } };
      if (mayBeElsewhere(model, policy.namespace, one, workloads)) continue;
      const hint = didYouMean(value, known);
      yield {
        object: policy.object,
        path: `${path}.matchExpressions[${index}].values[${position}]`,
        message: `no pod of namespace ${policy.namespace} has ${key}=${value}${orOfAnother(hint)}: the policy does nothing for it`,
        ...severityOf(hint, one),
      };
    }
  }
}

/** The namespace whose pods a peer names, where the target holds it; undefined where others may have such pods too. */
function namespaceOfPeer(
  model: Model,
  policy: Typed<NetworkPolicy>,
  peer: NetworkPolicyPeer,
): string | undefined {
  if (!peer.namespaceSelector) return policy.namespace;
  const named = peer.namespaceSelector.matchLabels?.['kubernetes.io/metadata.name'];
  return named !== undefined && model.find('', 'Namespace', 'default', named) !== undefined
    ? named
    : undefined;
}

function* peers(
  model: Model,
  policy: Typed<NetworkPolicy>,
  list: readonly NetworkPolicyPeer[],
  path: string,
): Iterable<Problem> {
  for (const [index, peer] of list.entries()) {
    const place = `${path}[${index}].podSelector`;
    const { podSelector } = peer;
    const namespace = namespaceOfPeer(model, policy, peer);
    if (peer.ipBlock || namespace === undefined || isEmpty(podSelector)) continue;
    const there = model.workloadsIn(namespace);
    if (podSelector && model.selectedBy(namespace, podSelector).length > 0) {
      if (!peer.namespaceSelector) yield* strayValues(model, policy, podSelector, place, there);
      continue;
    }
    if (mayBeElsewhere(model, namespace, podSelector, there)) continue;
    const hint = selectorHint(podSelector, there);
    yield {
      object: policy.object,
      path: place,
      message: `it names pods with ${describeSelector(podSelector)}, and namespace ${namespace} has none${orOfAnother(hint)}: the rule lets nobody through`,
      ...severityOf(hint, podSelector),
    };
  }
}

/** Of several servers, those that have the port under nearly its name: the rule misses them. */
function* nearlyNamed(
  policy: Typed<NetworkPolicy>,
  port: string,
  servers: readonly Workload[],
  path: string,
): Iterable<Problem> {
  for (const server of servers) {
    const names = declaredPorts(server).flatMap(({ name }) => name ?? []);
    // Short names, as http and https, are near without being the same mistyped.
    const near = names.find((name) => name.length > 5 && editDistance(name, port) <= 2);
    if (names.includes(port) || near === undefined) continue;
    yield {
      object: policy.object,
      path,
      message: `it names port ${port}, and ${server.kind} ${server.name} has ${near}: the rule does nothing for its pods`,
    };
  }
}

/** Ports of a rule that none of the pods at its server's end has. */
function* ports(
  model: Model,
  policy: Typed<NetworkPolicy>,
  list: readonly NetworkPolicyPort[],
  servers: readonly Workload[],
  path: string,
  whose: string,
): Iterable<Problem> {
  const declared = servers.flatMap(declaredPorts);
  if (servers.length === 0 || declared.length === 0) return;
  for (const [index, { port, endPort, protocol = 'TCP' }] of list.entries()) {
    if (port === undefined || port === null) continue;
    const byName = typeof port === 'string' && !/^\d+$/.test(port);
    const [first, last] = [Number(port), endPort ?? Number(port)];
    const has = declared.some(
      (one) =>
        one.protocol === protocol && (byName ? one.name === port : one.number >= first && one.number <= last),
    );
    if (has) {
      if (byName) yield* nearlyNamed(policy, String(port), servers, `${path}[${index}].port`);
      continue;
    }
    // A container need not declare what it listens on.
    if (!byName && servers.some((server) => isSetToListen(model, server, first))) continue;
    const same = declared.find((one) => (byName ? one.name === port : one.number === first));
    const names = [...new Set(declared.map(({ name, number }) => (byName ? (name ?? '') : String(number))))];
    const there =
      same === undefined
        ? `have ${names.filter((name) => name !== '').join(', ') || 'no port with a name'}${didYouMean(String(port), names)}`
        : `have it for ${same.protocol}`;
    yield {
      object: policy.object,
      path: `${path}[${index}].port`,
      message: `it names ${protocol} ${port}, and the pods ${whose} ${there}: the rule lets nothing through`,
      ...(byName ? {} : { severity: 'warning' as const }),
    };
  }
}

/** The workloads that a peer of an egress rule leads to, where they are known. */
function serversOf(
  model: Model,
  policy: Typed<NetworkPolicy>,
  to: readonly NetworkPolicyPeer[],
): Workload[] | undefined {
  if (to.length === 0) return undefined;
  const found: Workload[] = [];
  for (const peer of to) {
    const namespace = namespaceOfPeer(model, policy, peer);
    if (peer.ipBlock || namespace === undefined) return undefined;
    const there = model.workloadsIn(namespace);
    if (there.length === 0) return undefined;
    found.push(...model.selectedBy(namespace, peer.podSelector ?? {}));
  }
  return found;
}

/** A policy selects no pods, or its rules name peers or ports that do not exist. */
export const policySelectsNothing: Rule = {
  id: 'policy-selects-nothing',
  severity: 'error',
  family: 'flows',
  title: 'a NetworkPolicy names pods or ports that are not there',
  *check({ model }) {
    for (const policy of model.policies) {
      const { podSelector = {}, ingress = [], egress = [] } = policy.typed.spec ?? {};
      const here = model.workloadsIn(policy.namespace);
      const selected = model.selectedBy(policy.namespace, podSelector);
      if (!isEmpty(podSelector) && selected.length === 0) {
        if (mayBeElsewhere(model, policy.namespace, podSelector, here)) continue;
        const hint = selectorHint(podSelector, here);
        yield {
          object: policy.object,
          path: 'spec.podSelector',
          message: `it selects ${describeSelector(podSelector)}, and no pod of namespace ${policy.namespace} carries that${orOfAnother(hint)}: the policy does nothing`,
          ...severityOf(hint, podSelector),
        };
        continue;
      }
      yield* strayValues(model, policy, podSelector, 'spec.podSelector', here);
      for (const [i, rule] of ingress.entries()) {
        yield* peers(model, policy, rule.from ?? [], `spec.ingress[${i}].from`);
        yield* ports(
          model,
          policy,
          rule.ports ?? [],
          selected,
          `spec.ingress[${i}].ports`,
          'that it selects',
        );
      }
      for (const [i, rule] of egress.entries()) {
        yield* peers(model, policy, rule.to ?? [], `spec.egress[${i}].to`);
        const servers = serversOf(model, policy, rule.to ?? []) ?? [];
        yield* ports(
          model,
          policy,
          rule.ports ?? [],
          servers,
          `spec.egress[${i}].ports`,
          'that the rule leads to',
        );
      }
    }
  },
};
