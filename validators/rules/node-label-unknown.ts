import { joinPath, type Workload } from '../model/workload.ts';
import { own } from '../own.ts';
import { nodesOf } from '../room/nodes.ts';
import { editDistance } from '../text/nearest.ts';
import type { Context, Problem, Rule } from './rule.ts';

/** Labels that nodes have by themselves. Source: kubernetes.io/docs/reference/labels-annotations-taints. */
const wellKnown = [
  'kubernetes.io/arch',
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'node.kubernetes.io/instance-type',
  'node-role.kubernetes.io/control-plane',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
];

interface Term {
  readonly topologyKey?: string;
}

interface Affinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly Term[] | null;
  readonly preferredDuringSchedulingIgnoredDuringExecution?:
    | readonly { readonly podAffinityTerm?: Term }[]
    | null;
}

interface Requirement {
  readonly key?: string;
}

interface NodeTerm {
  readonly matchExpressions?: readonly Requirement[] | null;
}

interface NodeAffinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: {
    readonly nodeSelectorTerms?: readonly NodeTerm[] | null;
  } | null;
  readonly preferredDuringSchedulingIgnoredDuringExecution?:
    | readonly { readonly preference?: NodeTerm }[]
    | null;
}

/** Every label of nodes that a pod names, with its path below the pod's spec. */
function* labelsOf({ pod }: Workload): Iterable<readonly [string, string]> {
  for (const [index, { topologyKey }] of (pod.topologySpreadConstraints ?? []).entries())
    yield [topologyKey, `topologySpreadConstraints[${index}].topologyKey`];
  for (const key of Object.keys(pod.nodeSelector ?? {})) yield [key, `nodeSelector["${key}"]`];
  const { podAffinity, podAntiAffinity, nodeAffinity } = (pod.affinity ?? {}) as {
    readonly podAffinity?: Affinity;
    readonly podAntiAffinity?: Affinity;
    readonly nodeAffinity?: NodeAffinity;
  };
  const [required, preferred] = [
    'requiredDuringSchedulingIgnoredDuringExecution',
    'preferredDuringSchedulingIgnoredDuringExecution',
  ] as const;
  for (const [name, affinity] of Object.entries({ podAffinity, podAntiAffinity })) {
    for (const [index, term] of (affinity?.[required] ?? []).entries())
      yield [term.topologyKey ?? '', `affinity.${name}.${required}[${index}].topologyKey`];
    for (const [index, { podAffinityTerm }] of (affinity?.[preferred] ?? []).entries())
      yield [
        podAffinityTerm?.topologyKey ?? '',
        `affinity.${name}.${preferred}[${index}].podAffinityTerm.topologyKey`,
      ];
  }
  const terms: (readonly [NodeTerm | undefined, string])[] = [
    ...[...(nodeAffinity?.[required]?.nodeSelectorTerms ?? []).entries()].map(
      ([index, term]) => [term, `${required}.nodeSelectorTerms[${index}]`] as const,
    ),
    ...[...(nodeAffinity?.[preferred] ?? []).entries()].map(
      ([index, { preference }]) => [preference, `${preferred}[${index}].preference`] as const,
    ),
  ];
  for (const [term, path] of terms) {
    for (const [index, { key = '' }] of (term?.matchExpressions ?? []).entries())
      yield [key, `affinity.nodeAffinity.${path}.matchExpressions[${index}].key`];
  }
}

function* inWorkload({ environment }: Context, workload: Workload): Iterable<Problem> {
  const nodes = environment === undefined ? [] : nodesOf(environment);
  for (const [key, path] of labelsOf(workload)) {
    if (wellKnown.includes(key) || nodes.some(({ labels }) => own(labels, key) !== undefined)) continue;
    const meant = wellKnown.find((one) => editDistance(one, key) <= 2);
    if (meant === undefined) continue;
    yield {
      object: workload.object,
      path: joinPath(workload.templatePath, `spec.${path}`),
      message: `no node has a label ${key} (did you mean "${meant}"?): what is required by it leaves the pods Pending, and what is only preferred or spread by it comes to nothing`,
    };
  }
}

/** A pod names a label of nodes that is nearly one that they have. */
export const nodeLabelUnknown: Rule = {
  id: 'node-label-unknown',
  severity: 'error',
  family: 'scaling',
  title: 'a pod goes by a label of nodes that no node has',
  *check(context) {
    for (const workload of context.model.workloads) yield* inWorkload(context, workload);
  },
};
