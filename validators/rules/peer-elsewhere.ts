import type { Rule } from './rule.ts';

const label = 'plumbline.dev/peer';
const namespaceLabel = 'kubernetes.io/metadata.name';

interface PolicyPeer {
  readonly namespaceSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
}

interface PolicySpec {
  readonly ingress?: readonly { readonly from?: readonly PolicyPeer[] }[];
  readonly egress?: readonly { readonly to?: readonly PolicyPeer[] }[];
}

/** A policy opens a way to a peer outside the namespace, and the environment has that peer in another namespace. */
export const peerElsewhere: Rule = {
  id: 'peer-elsewhere',
  severity: 'error',
  family: 'flows',
  title: 'a policy names a peer in another namespace than the environment has it in',
  needsEnvironment: true,
  *check({ model, environment }) {
    if (environment === undefined) return;
    for (const { object } of model.policies) {
      const wanted = object.metadata.labels?.[label];
      if (wanted === undefined) continue;
      const peer = environment.peers[wanted as keyof typeof environment.peers];
      const spec = (object.spec ?? {}) as PolicySpec;
      const peers = [
        ...(spec.ingress ?? []).flatMap((rule, i) =>
          (rule.from ?? []).map((from, j) => [`spec.ingress[${i}].from[${j}]`, from] as const),
        ),
        ...(spec.egress ?? []).flatMap((rule, i) =>
          (rule.to ?? []).map((to, j) => [`spec.egress[${i}].to[${j}]`, to] as const),
        ),
      ];
      for (const [path, { namespaceSelector }] of peers) {
        const named = namespaceSelector?.matchLabels?.[namespaceLabel];
        if (named === undefined || named === peer?.namespace) continue;
        yield {
          object,
          path: `${path}.namespaceSelector`,
          message:
            peer === undefined
              ? `${environment.name} declares no peer "${wanted}": leave the policy out, or declare it in environment.yaml`
              : `${environment.name} has its ${wanted} in namespace ${peer.namespace}, not ${named}: the flow would be cut`,
        };
      }
    }
  },
};
