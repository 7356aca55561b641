import { operatorMakes } from '../model/run-time.ts';
import { joinPath } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

const group = 'resource.k8s.io';

/** A pod wants a device by a ResourceClaim, or a template of one, that is not there. */
export const resourceClaimMissing: Rule = {
  id: 'resource-claim-missing',
  severity: 'error',
  family: 'references',
  title: 'a pod names a ResourceClaim or a template of one that is not there',
  *check({ model }) {
    for (const { object, namespace, pod, templatePath, containers } of model.workloads) {
      const claims = pod.resourceClaims ?? [];
      for (const [index, claim] of claims.entries()) {
        for (const [field, kind] of [
          ['resourceClaimName', 'ResourceClaim'],
          ['resourceClaimTemplateName', 'ResourceClaimTemplate'],
        ] as const) {
          const name = claim[field] ?? '';
          if (name === '' || model.find(group, kind, namespace, name) !== undefined) continue;
          if (operatorMakes(model, namespace, name)) continue;
          yield {
            object,
            path: joinPath(templatePath, `spec.resourceClaims[${index}].${field}`),
            message:
              `its pods want ${kind} ${name}, which is not in namespace ${namespace}` +
              `${didYouMean(name, model.names(group, kind, namespace))}: they would stay Pending`,
          };
        }
      }
      const names = claims.map(({ name }) => name);
      for (const { name: container, spec, path } of containers) {
        for (const [index, { name }] of (spec.resources?.claims ?? []).entries()) {
          if (names.includes(name)) continue;
          yield {
            object,
            path: `${path}.resources.claims[${index}].name`,
            message: `container ${container} uses claim ${name}, which its pod does not name${didYouMean(name, names)}: the API server would refuse it`,
          };
        }
      }
    }
  },
};
