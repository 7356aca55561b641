import type { Environment } from '../environment/environment.ts';
import type { PodSpec } from '../model/kubernetes.ts';
import { type Labels, matchesExpression } from '../model/selectors.ts';
import { own } from '../own.ts';
import { readQuantity } from './quantity.ts';

/** One node, and what is left of it. */
export interface Node {
  readonly name: string;
  readonly labels: Labels;
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
}

/** The name that Kubernetes gives a node's own label; each node has another value. */
export const hostname = 'kubernetes.io/hostname';

/** Every node that an environment declares, one by one. */
export function nodesOf(environment: Environment): Node[] {
  return environment.nodes.flatMap(({ count, cpu, memory, pods = 110, labels = {}, taints = [] }, set) =>
    Array.from({ length: count }, (_, index) => {
      const name = labels[hostname] ?? `node-${set}-${index}`;
      return {
        name,
        labels: { 'kubernetes.io/os': 'linux', ...labels, [hostname]: name },
        taints,
        cpu: readQuantity(cpu) ?? 0,
        memory: readQuantity(memory) ?? 0,
        pods,
      };
    }),
  );
}

/** Labels that clouds and kubelets put on nodes by themselves: what an environment does not declare of them is not known. */
function isUndeclared(key: string, nodes: readonly Node[]): boolean {
  const given =
    /^(?:(?:node|beta|topology|failure-domain\.beta)\.)?kubernetes\.io\/|^node(?:-role)?\.kubernetes\.io\//.test(
      key,
    );
  return (
    given &&
    key !== 'kubernetes.io/os' &&
    (key === hostname || !nodes.some(({ labels }) => Object.hasOwn(labels, key)))
  );
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

/**
 * Whether a node's labels meet a requirement: those of selectors, and two that compare numbers.
 * Source: k8s.io/component-helpers, `scheduling/corev1/nodeaffinity`.
 */
function meets(labels: Labels, requirement: Requirement): boolean {
  const { key, operator, values = [] } = requirement;
  if (operator === 'Gt') return Number(own(labels, key)) > Number(values[0]);
  if (operator === 'Lt') return Number(own(labels, key)) < Number(values[0]);
  return matchesExpression({ key, operator, values }, labels);
}

/** The first label that a pod wants of a node and that the node lacks, as a person would write it. */
export function unmetLabel(pod: PodSpec, node: Node, nodes: readonly Node[]): string | undefined {
  for (const [key, value] of Object.entries(pod.nodeSelector ?? {})) {
    if (own(node.labels, key) !== value && !isUndeclared(key, nodes)) return `${key}=${value}`;
  }
  const terms = pod.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (terms === undefined || terms.length === 0) return undefined;
  let unmet: Requirement | undefined;
  for (const { matchExpressions = [] } of terms) {
    const wrong = matchExpressions.find((one) => !isUndeclared(one.key, nodes) && !meets(node.labels, one));
    if (wrong === undefined) return undefined;
    unmet ??= wrong;
  }
  return unmet && `${unmet.key} ${unmet.operator} ${(unmet.values ?? []).join(', ')}`.trim();
}

/** The first taint of a node that a pod does not tolerate. */
export function untolerated(pod: PodSpec, node: Node): string | undefined {
  const taint = node.taints.find(
    ({ key, value = '', effect }) =>
      effect !== 'PreferNoSchedule' &&
      !(pod.tolerations ?? []).some(
        (toleration) =>
          [undefined, '', effect].includes(toleration.effect) &&
          [undefined, '', key].includes(toleration.key) &&
          (toleration.operator === 'Exists' ||
            (toleration.key !== undefined && (toleration.value ?? '') === value)),
      ),
  );
  return taint && `${taint.key}${taint.value === undefined ? '' : `=${taint.value}`}:${taint.effect}`;
}

/** The nodes that a pod may be put on by their labels and taints. */
export function eligible(pod: PodSpec, nodes: readonly Node[]): Node[] {
  return nodes.filter(
    (node) => unmetLabel(pod, node, nodes) === undefined && untolerated(pod, node) === undefined,
  );
}
