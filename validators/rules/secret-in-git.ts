import type { Model } from '../model/model.ts';
import { joinPath } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Problem, Rule } from './rule.ts';

const marker = 'plumbline.dev/credentials';

/** Names of settings that hold a credential themselves, and not the place of one, its length or its age. */
const credential =
  /(?:^|[_.-])(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|credentials?)$/i;

/** A value that stands for one that comes from elsewhere, or switches something. */
const harmless = /^(?:|true|false|yes|no|none|null|disabled|\d{1,3}|.*\$[({].*|\/[\w./-]+)$/i;

/** True for a setting that is a credential in plain text, by its name or by the user info of a URL in it. */
function isCredential(name: string, value: string): boolean {
  if (credential.test(name) && !harmless.test(value)) return true;
  return /\b[a-z][a-z0-9+.-]*:\/\/[^\s/@:]+:[^\s/@:$(){}<>*]+@/i.test(value);
}

/** Credentials in plain text outside of Secrets: environment variables, and settings in ConfigMaps. */
function* inPlainText(model: Model, environment: string): Iterable<Problem> {
  const mend = `and ${environment} takes its credentials from outside: read it from the Secret that an ExternalSecret makes`;
  for (const { object, containers } of model.workloads) {
    for (const { name: container, spec, path } of containers) {
      for (const [index, { name, value = '' }] of (spec.env ?? []).entries()) {
        if (!isCredential(name, value)) continue;
        yield {
          object,
          path: joinPath(path, `env[${index}].value`),
          message: `env ${name} of container ${container} is a credential in plain text, ${mend}`,
        };
      }
    }
  }
  for (const { kind, object, values, pathOf } of model.configurations) {
    if (kind !== 'ConfigMap') continue;
    for (const [key, value = ''] of values) {
      if (!isCredential(key, value.trim())) continue;
      yield { object, path: pathOf(key), message: `${key} is a credential in plain text, ${mend}` };
    }
  }
}

function* inSecrets(
  objects: readonly KubernetesObject[],
  external: boolean,
  name: string,
): Iterable<Problem> {
  for (const object of objects) {
    const field = ['data', 'stringData'].find((map) => Object.keys((object[map] ?? {}) as object).length > 0);
    if (field === undefined) continue;
    const marked = object.metadata.annotations?.[marker] === 'development';
    if (!external && marked) continue;
    yield {
      object,
      path: field,
      message: external
        ? `a Secret with ${field} stands in git, and ${name} takes its credentials from outside: ` +
          'make it by an ExternalSecret of the same name and keys'
        : `a Secret with ${field} stands in git without the annotation ${marker}: development, which says that ` +
          'its values protect nothing',
    };
  }
}

/**
 * A Secret with data stands in git: where the environment wants external ones it is a credential that everybody with
 * the repository has; elsewhere it must at least be marked as a development value.
 */
export const secretInGit: Rule = {
  id: 'secret-in-git',
  severity: 'error',
  family: 'security',
  title: 'a Secret with data stands in git',
  needsEnvironment: true,
  *check({ model, environment }) {
    if (environment === undefined) return;
    const external = environment.secrets === 'external';
    yield* inSecrets(model.all('', 'Secret'), external, environment.name);
    if (external) yield* inPlainText(model, environment.name);
  },
};
