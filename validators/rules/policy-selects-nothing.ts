import { namespaceLabels } from '../graph/policy.ts';
import { declaredPorts } from '../graph/ports.ts';
import type { NetworkPolicy, NetworkPolicyPeer } from '../model/kubernetes.ts';
import type { Model, Typed } from '../model/model.ts';
import { describeSelector, type LabelSelector, matchesSelector } from '../model/selectors.ts';
import type { Workload } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

function isEmpty(selector: LabelSelector | undefined): boolean {
  return (
    Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0
  );
}

/** A word of the selector that no workload's pods carry, with what was most likely meant. */
function hint(selector: LabelSelector | undefined, workloads: readonly Workload[]): string {
  const wanted = [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => [key, [value]] as const),
    ...(selector?.matchExpressions ?? [])
      .filter(({ operator }) => operator === 'In')
      .map(({ key, values = [] }) => [key, values] as const),
  ];
  for (const [key, values] of wanted) {
    const known = workloads.map(({ labels }) => labels[key]).filter((value) => value !== undefined);
    const wrong = values.find((value) => !known.includes(value));
    if (wrong !== undefined) return didYouMean(wrong, known);
  }
  return '';
}

/** Values of an `in` list that are no pod's: the policy then holds for fewer pods than it names. */
function* strayValues(
  object: Typed<NetworkPolicy>,
  selector: LabelSelector | undefined,
  path: string,
  workloads: readonly Workload[],
): Iterable<Problem> {
  for (const [index, { key, operator, values = [] }] of (selector?.matchExpressions ?? []).entries()) {
    if (operator !== 'In') continue;
    const known = workloads.map(({ labels }) => labels[key]).filter((value) => value !== undefined);
    for (const value of values) {
      if (known.includes(value)) continue;
      yield {
        object: object.object,
        path: `${path}.matchExpressions[${index}].values`,
        message: `no pod of namespace ${object.namespace} has ${key}=${value}${didYouMean(value, known)}: the policy does nothing for it`,
      };
    }
  }
}

function* peers(
  model: Model,
  policy: Typed<NetworkPolicy>,
  list: readonly NetworkPolicyPeer[],
  path: string,
): Iterable<Problem> {
  for (const [index, { namespaceSelector, podSelector, ipBlock }] of list.entries()) {
    const place = `${path}[${index}]`;
    if (ipBlock) continue;
    const namespaces = namespaceSelector
      ? [...model.namespaces].filter((name) =>
          matchesSelector(namespaceSelector, namespaceLabels(model, name)),
        )
      : [policy.namespace];
    // Namespaces that the target does not hold cannot be judged from it.
    if (namespaceSelector && namespaces.length === 0) continue;
    const there = model.workloads.filter(({ namespace }) => namespaces.includes(namespace));
    if (isEmpty(podSelector) || there.some(({ labels }) => matchesSelector(podSelector, labels))) {
      if (!namespaceSelector) yield* strayValues(policy, podSelector, `${place}.podSelector`, there);
      continue;
    }
    yield {
      object: policy.object,
      path: `${place}.podSelector`,
      message: `it names pods with ${describeSelector(podSelector)}, and there are none${hint(podSelector, there)}: the rule lets nobody through`,
    };
  }
}

function* ports(model: Model, policy: Typed<NetworkPolicy>): Iterable<Problem> {
  const selected = model.workloads.filter(
    ({ namespace, labels }) =>
      namespace === policy.namespace && matchesSelector(policy.typed.spec?.podSelector ?? {}, labels),
  );
  const declared = selected.flatMap(declaredPorts);
  if (selected.length === 0 || declared.length === 0) return;
  for (const [i, rule] of (policy.typed.spec?.ingress ?? []).entries()) {
    for (const [j, { port, protocol = 'TCP' }] of (rule.ports ?? []).entries()) {
      if (port === undefined) continue;
      const byName = typeof port === 'string' && !/^\d+$/.test(port);
      const same = declared.some(
        (one) => one.protocol === protocol && (byName ? one.name === port : one.number === Number(port)),
      );
      if (same) continue;
      const names = declared.map(({ name, number }) => (byName ? (name ?? '') : String(number)));
      yield {
        object: policy.object,
        path: `spec.ingress[${i}].ports[${j}].port`,
        message: `it admits ${protocol} ${port}, and the pods that it selects have ${[...new Set(names)].join(', ')}${didYouMean(String(port), names)}: the rule lets nothing through`,
      };
    }
  }
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
      const here = model.workloads.filter(({ namespace }) => namespace === policy.namespace);
      if (!isEmpty(podSelector) && !here.some(({ labels }) => matchesSelector(podSelector, labels))) {
        yield {
          object: policy.object,
          path: 'spec.podSelector',
          message: `it selects ${describeSelector(podSelector)}, and no pod of namespace ${policy.namespace} carries that${hint(podSelector, here)}: the policy protects nothing`,
        };
        continue;
      }
      yield* strayValues(policy, podSelector, 'spec.podSelector', here);
      for (const [i, { from = [] }] of ingress.entries())
        yield* peers(model, policy, from, `spec.ingress[${i}].from`);
      for (const [i, { to = [] }] of egress.entries())
        yield* peers(model, policy, to, `spec.egress[${i}].to`);
      yield* ports(model, policy);
    }
  },
};
