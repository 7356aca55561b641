import { groupOf, namespaceOf } from '../model/model.ts';
import { operatorMakes } from '../model/run-time.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

const builtIn = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Objects stand in a namespace that neither the target makes nor the cluster has. */
export const namespaceMissing: Rule = {
  id: 'namespace-missing',
  severity: 'error',
  family: 'references',
  title: 'objects stand in a namespace that nothing makes',
  *check({ model, environment, namespacesBeside = [] }) {
    const made = model.all('', 'Namespace').map(({ metadata }) => metadata.name);
    const offered = (environment?.clusterObjects ?? [])
      .filter((object) => object.startsWith('Namespace/'))
      .map((object) => object.slice('Namespace/'.length));
    const peers = Object.values(environment?.peers ?? {}).map(({ namespace }) => namespace);
    // Whoever has Argo CD's own objects has it running in their namespace.
    const argo = model.objects.filter((object) => groupOf(object) === 'argoproj.io').map(namespaceOf);
    const names = [...builtIn, ...made, ...offered, ...peers, ...argo, ...namespacesBeside];
    const inside = Map.groupBy(model.objects, ({ metadata }) => metadata.namespace ?? 'default');
    for (const [namespace, objects] of inside) {
      const [object, ...others] = objects;
      if (object === undefined || names.includes(namespace) || operatorMakes(model, '', namespace)) continue;
      const hint = didYouMean(namespace, made);
      const more = others.length === 0 ? '' : ` and ${others.length} more`;
      yield {
        object,
        path: 'metadata.namespace',
        message: `it${more} ${others.length === 0 ? 'is' : 'are'} in namespace ${namespace}, which nothing makes${hint}: the API server would refuse ${others.length === 0 ? 'it' : 'them'}`,
        // Who applies a target into a namespace that is there already need not make it.
        severity: environment !== undefined || hint !== '' ? 'error' : 'warning',
      };
    }
  },
};
