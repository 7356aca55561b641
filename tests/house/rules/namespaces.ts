import type { KubernetesObject } from '@plumbline/validators';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { readSchemaIndex } from '../../../validators/schemas/index.ts';
import { type HouseRule, violation } from '../violation.ts';

const { kinds } = await readSchemaIndex();
const clusterWide = new Set(kinds.filter(({ scope }) => scope === 'Cluster').map(({ kind }) => kind));

const namespaces = (objects: readonly KubernetesObject[]) =>
  objects.filter(({ kind }) => kind === 'Namespace');

const within = (objects: readonly KubernetesObject[], namespace: KubernetesObject, kind: string) =>
  objects.filter((object) => object.kind === kind && object.metadata.namespace === namespace.metadata.name);

/** A system has one namespace, and everything in it. */
export const oneNamespace: HouseRule = ({ target, objects }) => {
  const found = namespaces(objects);
  const [own, second] = found;
  if (own === undefined) {
    return objects.slice(0, 1).map((object) => violation(object, '', `${target.name} has no Namespace`));
  }
  if (target.system !== undefined && second !== undefined) {
    return [violation(second, '', `${target.name} has a Namespace already: ${own.metadata.name}`)];
  }
  const names = new Set(found.map(({ metadata }) => metadata.name));
  return objects
    .filter(({ kind, metadata }) => !clusterWide.has(kind) && !names.has(metadata.namespace ?? ''))
    .map((object) =>
      violation(
        object,
        'metadata.namespace',
        `${object.metadata.namespace ?? 'none'} is not a namespace here`,
      ),
    );
};

/** Every namespace holds its pods to the restricted standard. */
export const enforced: HouseRule = ({ objects }) =>
  namespaces(objects)
    .filter(({ metadata }) => metadata.labels?.['pod-security.kubernetes.io/enforce'] !== 'restricted')
    .map((object) =>
      violation(object, 'metadata.labels', 'pod-security.kubernetes.io/enforce must be restricted'),
    );

/** Every namespace has one policy that denies all, in both directions, and one that leads to DNS. */
export const defaultDeny: HouseRule = ({ objects }) =>
  namespaces(objects).flatMap((namespace) => {
    const policies = within(objects, namespace, 'NetworkPolicy') as unknown as (KubernetesObject &
      INetworkPolicy)[];
    const all = ({ spec }: INetworkPolicy) => Object.keys(spec?.podSelector ?? {}).length === 0;
    const denials = policies.filter(
      (policy) =>
        all(policy) &&
        policy.spec?.ingress === undefined &&
        policy.spec?.egress === undefined &&
        [...(policy.spec?.policyTypes ?? [])].sort().join() === 'Egress,Ingress',
    );
    const toDns = policies.filter(
      (policy) => policy.metadata.labels?.['plumbline.dev/peer'] === 'dns' && all(policy),
    );
    const wrong: string[] = [];
    if (denials.length !== 1 || denials[0]?.metadata.name !== 'default-deny') {
      wrong.push(`it must have one policy that denies all, default-deny, and has ${denials.length}`);
    }
    if (toDns.length !== 1 || toDns[0]?.metadata.name !== 'to-dns') {
      wrong.push(`it must have one policy of all pods to dns, to-dns, and has ${toDns.length}`);
    }
    return wrong.map((message) => violation(namespace, '', message));
  });

/** In production neither a pruning sync nor the end of an Application takes a namespace or a claim with it. */
export const dataStays: HouseRule = ({ objects, environment }) =>
  environment.secrets !== 'external'
    ? []
    : objects
        .filter(({ kind }) => kind === 'Namespace' || kind === 'PersistentVolumeClaim')
        .filter(({ metadata }) => {
          const options = (metadata.annotations?.['argocd.argoproj.io/sync-options'] ?? '').split(',');
          return !['Prune=false', 'Delete=false'].every((option) => options.includes(option));
        })
        .map((object) =>
          violation(
            object,
            'metadata.annotations',
            'argocd.argoproj.io/sync-options must hold Prune=false,Delete=false',
          ),
        );
