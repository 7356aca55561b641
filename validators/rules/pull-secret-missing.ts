import { joinPath } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** A pod takes its registry's credentials from a Secret that is not there. */
export const pullSecretMissing: Rule = {
  id: 'pull-secret-missing',
  severity: 'error',
  family: 'references',
  title: 'an image pull secret is not there',
  *check({ model }) {
    for (const { object, pod, namespace, templatePath } of model.workloads) {
      for (const [index, { name = '' }] of (pod.imagePullSecrets ?? []).entries()) {
        if (name === '' || model.configuration('Secret', namespace, name)) continue;
        const names = model.configurations
          .filter(({ kind }) => kind === 'Secret')
          .map((secret) => secret.name);
        yield {
          object,
          path: joinPath(templatePath, `spec.imagePullSecrets[${index}].name`),
          message:
            `images are pulled with Secret ${name}, which nothing makes in namespace ${namespace}${didYouMean(name, names)}: ` +
            'a private image would end in ImagePullBackOff',
        };
      }
    }
  },
};
