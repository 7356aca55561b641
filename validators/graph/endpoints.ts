import type { Service } from '../model/kubernetes.ts';
import { type Model, namespaceOf, type Typed } from '../model/model.ts';
import { perModel } from '../model/per-model.ts';
import { operatorMakes } from '../model/run-time.ts';

/** The Services that the target itself gives endpoints, as `namespace name`. */
const filled = perModel(
  (model): ReadonlySet<string> =>
    new Set([
      ...model.all('', 'Endpoints').map((object) => `${namespaceOf(object)} ${object.metadata.name}`),
      ...model
        .all('discovery.k8s.io', 'EndpointSlice')
        .map((object) => `${namespaceOf(object)} ${object.metadata.labels?.['kubernetes.io/service-name']}`),
    ]),
);

/** True for a Service that selects no pods by design, and that nothing in sight gives endpoints. */
export function hasNoEndpoints(model: Model, { namespace, name, typed }: Typed<Service>): boolean {
  if (typed.spec?.type === 'ExternalName' || Object.keys(typed.spec?.selector ?? {}).length > 0) return false;
  if (namespace === 'default' && name === 'kubernetes') return false;
  return !filled(model).has(`${namespace} ${name}`) && !operatorMakes(model, namespace, name);
}
