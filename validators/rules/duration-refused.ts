import type { KubernetesObject } from '../render/objects.ts';
import type { Problem, Rule } from './rule.ts';

/** Fields that hold a duration as Go writes it, and whose schema takes any text, by group and kind. */
const fields: readonly (readonly [group: string, kind: string, paths: readonly string[]])[] = [
  ['external-secrets.io', 'ExternalSecret', ['spec.refreshInterval']],
  [
    'external-secrets.io',
    'ClusterExternalSecret',
    ['spec.refreshTime', 'spec.externalSecretSpec.refreshInterval'],
  ],
  ['external-secrets.io', 'PushSecret', ['spec.refreshInterval']],
  ['cert-manager.io', 'Certificate', ['spec.duration', 'spec.renewBefore']],
  ['cert-manager.io', 'CertificateRequest', ['spec.duration']],
  ['argoproj.io', 'Application', retries('spec')],
  ['argoproj.io', 'ApplicationSet', retries('spec.template.spec')],
];

function retries(spec: string): string[] {
  return ['duration', 'maxDuration'].map((field) => `${spec}.syncPolicy.retry.backoff.${field}`);
}

/** Source: Go, `time.ParseDuration`. */
const duration = /^[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

function* inObject(object: KubernetesObject, paths: readonly string[]): Iterable<Problem> {
  for (const path of paths) {
    const value = path
      .split('.')
      .reduce<unknown>((at, step) => (at as Record<string, unknown> | null | undefined)?.[step], object);
    // A number alone is taken for seconds by some, and a template is filled in later.
    if (typeof value !== 'string' || /^\d+$/.test(value) || value.includes('{{')) continue;
    if (duration.test(value)) continue;
    const days = /^(\d+)d$/.exec(value)?.[1];
    const hint = days === undefined ? '' : ` (did you mean "${Number(days) * 24}h"?)`;
    yield {
      object,
      path,
      message: `${value} is no duration${hint}: a number with ns, us, ms, s, m or h; the API server may take it, and its controller cannot read it`,
    };
  }
}

/** A duration of a custom resource is none that its controller can read. */
export const durationRefused: Rule = {
  id: 'duration-refused',
  severity: 'error',
  family: 'api server',
  title: 'a duration of a custom resource is none that its controller can read',
  *check({ model }) {
    for (const [group, kind, paths] of fields)
      for (const object of model.all(group, kind)) yield* inObject(object, paths);
  },
};
