import { namespaceOf } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { missingObject } from './cluster-objects.ts';
import type { Context, Problem, Rule } from './rule.ts';

const group = 'cert-manager.io';
const annotations = { 'cert-manager.io/issuer': 'Issuer', 'cert-manager.io/cluster-issuer': 'ClusterIssuer' };

function judge(
  context: Context,
  object: KubernetesObject,
  kind: string,
  name: string,
  path: string,
): Problem | undefined {
  const namespace = kind === 'Issuer' ? namespaceOf(object) : undefined;
  const missing = missingObject(context, group, kind, namespace, name);
  if (missing === undefined) return undefined;
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return {
    object,
    path,
    message: `it wants a certificate of ${kind} ${name}, which is not there${where}${missing.hint}: none would be issued, and its Secret never made`,
    severity: missing.severity,
  };
}

/** A certificate is asked of an issuer that neither the target nor the cluster has. */
export const issuerMissing: Rule = {
  id: 'issuer-missing',
  severity: 'error',
  family: 'references',
  title: 'a certificate is asked of an issuer that is not there',
  *check(context) {
    const { model } = context;
    for (const object of model.all(group, 'Certificate')) {
      const { issuerRef } = (object.spec ?? {}) as {
        issuerRef?: { name?: string; kind?: string; group?: string };
      };
      const { name = '', kind = 'Issuer', group: of = group } = issuerRef ?? {};
      // Other groups have issuers of their own kinds.
      if (name === '' || of !== group) continue;
      const problem = judge(context, object, kind, name, 'spec.issuerRef.name');
      if (problem !== undefined) yield problem;
    }
    const asking = [
      ...model.ingresses.map(({ object }) => object),
      ...model.all('gateway.networking.k8s.io', 'Gateway'),
    ];
    for (const object of asking) {
      if ((object.metadata.annotations?.['cert-manager.io/issuer-group'] ?? group) !== group) continue;
      for (const [annotation, kind] of Object.entries(annotations)) {
        const name = object.metadata.annotations?.[annotation];
        if (name === undefined) continue;
        const problem = judge(context, object, kind, name, `metadata.annotations["${annotation}"]`);
        if (problem !== undefined) yield problem;
      }
    }
  },
};
