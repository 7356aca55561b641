import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** An Ingress serves a certificate from a Secret that nothing makes, or for a host that the certificate does not name. */
export const tlsSecretMissing: Rule = {
  id: 'tls-secret-missing',
  severity: 'error',
  family: 'services',
  title: 'an Ingress takes its certificate from a Secret that is not there',
  *check({ model }) {
    for (const { object, typed, namespace } of model.ingresses) {
      // cert-manager's annotation makes the Secret by itself.
      const shim = Object.keys(object.metadata.annotations ?? {}).some((key) =>
        key.startsWith('cert-manager.io/'),
      );
      for (const [index, { secretName, hosts = [] }] of (typed.spec?.tls ?? []).entries()) {
        if (secretName === undefined || shim) continue;
        const secret = model.configuration('Secret', namespace, secretName);
        const path = `spec.tls[${index}].secretName`;
        if (secret === undefined) {
          const names = model.configurations.filter(({ kind }) => kind === 'Secret').map(({ name }) => name);
          yield {
            object,
            path,
            message: `there is no Secret ${secretName}, and nothing makes it${didYouMean(secretName, names)}: the controller would serve its own certificate`,
          };
          continue;
        }
        if (secret.object.kind !== 'Certificate') continue;
        const { dnsNames = [] } = (secret.object.spec ?? {}) as { dnsNames?: string[] };
        for (const host of hosts) {
          const covered = dnsNames.some(
            (name) => name === host || (name.startsWith('*.') && host.endsWith(name.slice(1))),
          );
          if (covered) continue;
          yield {
            object,
            path: `spec.tls[${index}].hosts`,
            message: `Certificate ${secret.object.metadata.name} is for ${dnsNames.join(', ')}, not ${host}${didYouMean(host, dnsNames)}: browsers would refuse it`,
          };
        }
      }
    }
  },
};
