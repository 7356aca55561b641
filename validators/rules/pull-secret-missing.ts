import { joinPath } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { missingConfiguration } from './missing-configuration.ts';
import type { Context, Problem, Rule } from './rule.ts';

interface Reference {
  readonly name?: string | undefined;
}

/** The types that the kubelet reads a registry's credentials from, and the key that each must have. */
const types = ['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg'];

function* judge(
  context: Context,
  object: KubernetesObject,
  references: readonly Reference[] | undefined,
  path: string,
): Iterable<Problem> {
  const namespace = object.metadata.namespace ?? 'default';
  const effect = 'the kubelet would pull without it, and a private image would end in ImagePullBackOff';
  for (const [index, { name = '' }] of (references ?? []).entries()) {
    if (name === '') continue;
    const field = joinPath(path, `imagePullSecrets[${index}].name`);
    const missing = missingConfiguration(context, 'Secret', namespace, name);
    if (missing !== undefined) {
      yield {
        object,
        path: field,
        message: `images are pulled with Secret ${name}, which nothing makes in namespace ${namespace}${missing.hint}: ${effect}`,
        severity: missing.severity,
      };
      continue;
    }
    const secret = context.model.find('', 'Secret', namespace, name);
    const type = secret === undefined ? types[0] : String(secret.type ?? 'Opaque');
    if (types.includes(type ?? '')) continue;
    yield {
      object,
      path: field,
      message: `images are pulled with Secret ${name}, which is of type ${type} and not ${types[0]}: ${effect}`,
    };
  }
}

/** A pod, or the account that it runs as, takes a registry's credentials from a Secret that is not there. */
export const pullSecretMissing: Rule = {
  id: 'pull-secret-missing',
  severity: 'error',
  family: 'references',
  title: 'an image pull secret is not there',
  *check(context) {
    for (const { object, pod, templatePath } of context.model.workloads) {
      yield* judge(context, object, pod.imagePullSecrets, joinPath(templatePath, 'spec'));
    }
    for (const account of context.model.all('', 'ServiceAccount')) {
      yield* judge(context, account, account.imagePullSecrets as readonly Reference[] | undefined, '');
    }
  },
};
