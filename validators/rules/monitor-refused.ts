import { namespaceOf } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { didYouMean } from '../text/nearest.ts';
import { missingConfiguration } from './missing-configuration.ts';
import type { Context, Problem, Rule } from './rule.ts';

const group = 'monitoring.coreos.com';

/** Where each kind of monitor keeps what it scrapes by. */
const lists: readonly (readonly [string, string | undefined])[] = [
  ['ServiceMonitor', 'endpoints'],
  ['PodMonitor', 'podMetricsEndpoints'],
  ['Probe', undefined],
  ['ScrapeConfig', undefined],
];

type Data = Readonly<Record<string, unknown>>;

/** Places of an endpoint that name a key of a Secret, or of a ConfigMap. Source: prometheus-operator, `pkg/apis/monitoring/v1`. */
const places: readonly (readonly [string, 'Secret' | 'ConfigMap'])[] = [
  ['basicAuth.username', 'Secret'],
  ['basicAuth.password', 'Secret'],
  ['bearerTokenSecret', 'Secret'],
  ['authorization.credentials', 'Secret'],
  ['oauth2.clientId.secret', 'Secret'],
  ['oauth2.clientId.configMap', 'ConfigMap'],
  ['oauth2.clientSecret', 'Secret'],
  ['tlsConfig.ca.secret', 'Secret'],
  ['tlsConfig.ca.configMap', 'ConfigMap'],
  ['tlsConfig.cert.secret', 'Secret'],
  ['tlsConfig.cert.configMap', 'ConfigMap'],
  ['tlsConfig.keySecret', 'Secret'],
];

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((found, key) => (found as Data | undefined | null)?.[key], value);
}

/** A duration of Prometheus in seconds; undefined for none. */
function seconds(duration: unknown): number | undefined {
  const units: Readonly<Record<string, number>> = {
    ms: 0.001,
    s: 1,
    m: 60,
    h: 3600,
    d: 86_400,
    w: 604_800,
    y: 31_536_000,
  };
  const parts = [...String(duration ?? '').matchAll(/(\d+)(ms|[smhdwy])/g)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (units[unit] ?? 0), 0);
}

function* inSecrets(
  context: Context,
  object: KubernetesObject,
  endpoint: unknown,
  path: string,
): Iterable<Problem> {
  const { model } = context;
  const namespace = namespaceOf(object);
  for (const [place, kind] of places) {
    const { name, key, optional } = (at(endpoint, place) ?? {}) as {
      name?: string;
      key?: string;
      optional?: boolean;
    };
    if (!name || optional === true) continue;
    const effect = 'the operator would leave the monitor out, and nothing would be scraped by it';
    const missing = missingConfiguration(context, kind, namespace, name);
    if (missing !== undefined) {
      yield {
        object,
        path: `${path}.${place}.name`,
        message: `it takes ${place} from ${kind} ${name}, which is not in namespace ${namespace}${missing.hint}: ${effect}`,
        severity: missing.severity,
      };
      continue;
    }
    const found = model.configuration(kind, namespace, name);
    if (found === undefined || found.open || !key || found.values.has(key)) continue;
    const keys = [...found.values.keys()];
    yield {
      object,
      path: `${path}.${place}.key`,
      message: `it takes ${place} from key ${key} of ${kind} ${name}, which has ${keys.join(', ') || 'no keys'}${didYouMean(key, keys)}: ${effect}`,
    };
  }
}

function* inTimes(
  object: KubernetesObject,
  endpoint: unknown,
  path: string,
  usual: number | undefined,
): Iterable<Problem> {
  const { interval, scrapeInterval, scrapeTimeout } = (endpoint ?? {}) as {
    interval?: string;
    scrapeInterval?: string;
    scrapeTimeout?: string;
  };
  const written = interval ?? scrapeInterval;
  const every = written === undefined ? (usual ?? 30) : seconds(written);
  const most = seconds(scrapeTimeout);
  if (every === undefined || most === undefined || most <= every) return;
  const said = written ?? (usual === undefined ? '30s, unless Prometheus says otherwise' : `${usual}s`);
  yield {
    object,
    path: `${path}.scrapeTimeout`,
    message: `a scrape may take ${scrapeTimeout}, and is made every ${said}: the operator would leave the monitor out, and nothing would be scraped by it`,
    ...(written === undefined && usual === undefined ? { severity: 'warning' as const } : {}),
  };
}

/** A monitor that the operator leaves out: it takes a credential that is not there, or waits longer than its interval. */
export const monitorRefused: Rule = {
  id: 'monitor-refused',
  severity: 'error',
  family: 'monitoring',
  title: 'a monitor takes a credential that is not there, or waits longer than its interval',
  *check(context) {
    const { model } = context;
    const usual = model
      .all(group, 'Prometheus')
      .map(({ spec }) => seconds((spec as Data | undefined)?.scrapeInterval ?? '30s'))
      .at(0);
    for (const [kind, list] of lists) {
      for (const object of model.all(group, kind)) {
        const spec = (object.spec ?? {}) as Data;
        const endpoints = list === undefined ? [spec] : ((spec[list] ?? []) as readonly unknown[]);
        for (const [index, endpoint] of endpoints.entries()) {
          const path = list === undefined ? 'spec' : `spec.${list}[${index}]`;
          yield* inSecrets(context, object, endpoint, path);
          yield* inTimes(object, endpoint, path, usual);
        }
      }
    }
  },
};
