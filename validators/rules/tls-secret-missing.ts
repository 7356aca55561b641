import type { Configuration } from '../model/configuration.ts';
import { namespaceOf } from '../model/model.ts';
import { hasCertificateShim } from '../model/run-time.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { didYouMean } from '../text/nearest.ts';
import { missingConfiguration } from './missing-configuration.ts';
import type { Context, Problem, Rule } from './rule.ts';

/** A place that names a Secret with a certificate. */
interface Use {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly secret: string;
  readonly hosts: readonly string[];
  readonly path: string;
  readonly hostsPath: string;
}

interface Listener {
  readonly hostname?: string;
  readonly tls?: {
    readonly certificateRefs?: readonly {
      readonly kind?: string;
      readonly name: string;
      readonly namespace?: string;
    }[];
  };
}

function* uses({ model }: Context): Iterable<Use> {
  for (const { object, typed, namespace } of model.ingresses) {
    for (const [index, { secretName: secret = '', hosts = [] }] of (typed.spec?.tls ?? []).entries()) {
      const path = `spec.tls[${index}]`;
      yield { object, namespace, secret, hosts, path: `${path}.secretName`, hostsPath: `${path}.hosts` };
    }
  }
  for (const object of model.all('gateway.networking.k8s.io', 'Gateway')) {
    const { listeners = [] } = (object.spec ?? {}) as { listeners?: readonly Listener[] };
    for (const [index, { hostname, tls }] of listeners.entries()) {
      for (const [position, { kind = 'Secret', name, namespace }] of (tls?.certificateRefs ?? []).entries()) {
        if (kind !== 'Secret') continue;
        const path = `spec.listeners[${index}]`;
        yield {
          object,
          namespace: namespace ?? namespaceOf(object),
          secret: name,
          hosts: hostname === undefined ? [] : [hostname],
          path: `${path}.tls.certificateRefs[${position}].name`,
          hostsPath: `${path}.hostname`,
        };
      }
    }
  }
}

/** True when a certificate for a name is one for the host; a wildcard stands for one label. */
function covers(name: string, host: string): boolean {
  return name === host || (name.startsWith('*.') && host.replace(/^[^.]+/, '') === name.slice(1));
}

function* ofSecret({ object, path, hosts, hostsPath }: Use, secret: Configuration): Iterable<Problem> {
  if (secret.object.kind === 'Certificate') {
    const { dnsNames = [], commonName } = (secret.object.spec ?? {}) as {
      dnsNames?: string[];
      commonName?: string;
    };
    const names = commonName === undefined ? dnsNames : [...dnsNames, commonName];
    for (const host of hosts) {
      if (names.length === 0 || names.some((name) => covers(name, host))) continue;
      yield {
        object,
        path: hostsPath,
        message: `Certificate ${secret.object.metadata.name} is for ${names.join(', ')}, not ${host}${didYouMean(host, names)}: browsers would refuse it`,
      };
    }
    return;
  }
  const lacking = ['tls.crt', 'tls.key'].filter((key) => !secret.open && !secret.values.has(key));
  if (lacking.length === 0) return;
  yield {
    object,
    path,
    message:
      `Secret ${secret.name} has ${[...secret.values.keys()].join(', ') || 'no keys'}, and a certificate needs ` +
      `${lacking.join(' and ')}: the controller would serve its own certificate`,
  };
}

/** An Ingress or Gateway serves a certificate from a Secret that nothing makes, or for a host that the certificate does not name. */
export const tlsSecretMissing: Rule = {
  id: 'tls-secret-missing',
  severity: 'error',
  family: 'services',
  title: 'an Ingress takes its certificate from a Secret that is not there',
  *check(context) {
    for (const use of uses(context)) {
      const { object, namespace, secret: name, path } = use;
      const secret = context.model.configuration('Secret', namespace, name);
      if (secret !== undefined) yield* ofSecret(use, secret);
      if (name === '' || secret !== undefined || hasCertificateShim(object)) continue;
      const missing = missingConfiguration(context, 'Secret', namespace, name);
      if (missing === undefined) continue;
      yield {
        object,
        path,
        message: `there is no Secret ${name} in namespace ${namespace}, and nothing makes it${missing.hint}: the controller would serve its own certificate`,
        severity: missing.severity,
      };
    }
  },
};
