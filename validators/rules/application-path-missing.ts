import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

/** An Application takes its manifests from a folder that is not there, or that does not render. */
export const applicationPathMissing: Rule = {
  id: 'application-path-missing',
  severity: 'error',
  family: 'gitops',
  title: 'an Application takes its manifests from a folder that is not there, or does not render',
  *check({ deliveries }) {
    if (deliveries === undefined) return;
    const { folders } = deliveries;
    const told = new Set<string>();
    for (const { application, manifests } of deliveries.deliveries) {
      const { object, field, path = '' } = application;
      if (
        manifests === undefined ||
        (typeof manifests === 'object' && 'objects' in manifests && manifests.objects.length > 0)
      )
        continue;
      if (manifests === 'not rendered here') continue;
      const key = `${object.kind} ${object.metadata.name} ${path}`;
      if (told.has(key)) continue;
      told.add(key);
      const problem = (message: string): Problem => ({ object, path: `${field}.path`, message });
      const who =
        object.kind === 'Application'
          ? `Application ${object.metadata.name}`
          : `an Application of the set ${object.metadata.name}`;
      if (manifests === 'missing')
        yield problem(
          `${who} takes ${path}, and the repository has no such folder${didYouMean(path, folders)}: Argo CD would say that the path does not exist, and sync nothing`,
        );
      else if ('failure' in manifests)
        yield problem(`${who} takes ${path}, which does not render: ${manifests.failure}`);
      else
        yield problem(
          `${who} takes ${path}, and there are no manifests in it: with pruning, all that it applied before would go`,
        );
    }
    for (const { object, field, pattern } of deliveries.unmatched) {
      yield {
        object,
        path: field,
        message: `no file or folder of the repository is like ${pattern}: the set makes no Application of it, and removes those that it made`,
      };
    }
  },
};
