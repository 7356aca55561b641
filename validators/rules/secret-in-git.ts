import type { Finding } from '../finding.ts';
import { nameOf } from '../render/objects.ts';
import type { Judged } from './index.ts';

const marker = 'plumbline.dev/credentials';

/**
 * A Secret with data stands in git: where the environment wants external ones it is a credential that everybody with
 * the repository has; elsewhere it must at least be marked as a development value.
 */
export function secretInGit({ objects, environment }: Judged): Finding[] {
  const findings: Finding[] = [];
  for (const object of objects) {
    if (object.kind !== 'Secret') continue;
    const field = ['data', 'stringData'].find(
      (name) => Object.keys((object[name] ?? {}) as object).length > 0,
    );
    if (field === undefined) continue;
    const marked = object.metadata.annotations?.[marker] === 'development';
    if (environment.secrets === 'committed' && marked) continue;
    findings.push({
      rule: 'secret-in-git',
      severity: 'error',
      resource: nameOf(object),
      path: field,
      message:
        environment.secrets === 'external'
          ? `a Secret with ${field} stands in git, and ${environment.name} takes its credentials from outside: ` +
            'make it by an ExternalSecret of the same name and keys'
          : `a Secret with ${field} stands in git without the annotation ${marker}: development, which says that ` +
            'its values protect nothing',
    });
  }
  return findings;
}
