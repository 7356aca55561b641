import { test } from 'uvu';
import type { KubernetesObject } from '../../validators/render/objects.ts';
import { tellsDangers } from './danger-cases.ts';
import { apps, type Fields, object } from './objects.ts';

interface Shop {
  readonly namespace?: string;
  readonly port?: number;
  readonly target?: number;
  readonly extra?: number;
  readonly service?: string;
  readonly label?: string;
  readonly tier?: string;
  readonly admits?: Fields;
  readonly settings?: true;
  readonly image?: string;
  readonly strategy?: Fields;
}
/** A web that talks to an api, by what is given. */
function shop(given: Shop): KubernetesObject[] {
  const { namespace = 'a', port = 8080, target = 8080, service = 'api', label = 'api', strategy } = given;
  const app = (name: string, podLabels: Fields, container: Fields) =>
    apps(
      'Deployment',
      {
        selector: { matchLabels: { app: podLabels.app } },
        template: { metadata: { labels: podLabels }, spec: { containers: [{ name, ...container }] } },
        ...(strategy === undefined ? {} : { strategy }),
      },
      { name, namespace },
    );
  const url = `http://${service}:${port}`;
  const told = given.settings
    ? { envFrom: [{ configMapRef: { name: 'settings' } }] }
    : { env: [{ name: 'API_URL', value: url }] };
  const more = given.extra === undefined ? [] : [{ name: 'extra', port: given.extra, targetPort: target }];
  const config = object('v1', 'ConfigMap', { data: { API_URL: url } }, { name: 'settings', namespace });
  const policy = object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    {
      spec: {
        podSelector: { matchLabels: { app: 'api' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: given.admits } }] }],
      },
    },
    { name: 'api', namespace },
  );
  return [
    app(
      'web',
      { app: 'web', ...(given.tier === undefined ? {} : { tier: given.tier }) },
      { image: given.image ?? 'web:1', ...told },
    ),
    app('api', { app: label }, { image: 'api:1', ports: [{ containerPort: target }] }),
    object(
      'v1',
      'Service',
      { spec: { selector: { app: label }, ports: [{ name: 'http', port, targetPort: target }, ...more] } },
      { name: service, namespace },
    ),
    ...(given.settings ? [config] : []),
    ...(given.admits === undefined ? [] : [policy]),
  ];
}

tellsDangers({
  'a port of a Service that older pods go by, and one that stays beside the newer': [
    shop({}),
    shop({ port: 9090, target: 8080 }),
    ['note pods-restart Deployment', 'warning cut-meanwhile Deployment'],
  ],
  'a Service of another name': [
    shop({}),
    shop({ service: 'backend' }),
    ['note pods-restart Deployment', 'warning cut-meanwhile Deployment'],
  ],
  'a Service that selects the newer pods alone': [
    shop({}),
    shop({ label: 'backend' }),
    [
      'error field-immutable Deployment spec.selector.matchLabels.app',
      'note pods-restart Deployment',
      'warning cut-meanwhile Service spec.selector',
    ],
  ],
  'a port of pods that older ones do not open': [
    shop({}),
    shop({ target: 9090 }),
    ['note pods-restart Deployment', 'warning cut-meanwhile Deployment'],
  ],
  'a policy that lets through newer pods alone': [
    shop({ admits: { app: 'web' } }),
    shop({ tier: 'front', admits: { app: 'web', tier: 'front' } }),
    ['note pods-restart Deployment', 'warning cut-meanwhile Deployment'],
  ],
  'another port in a ConfigMap that keeps its name: older pods have the older one': [
    shop({ settings: true }),
    shop({ settings: true, port: 9090, target: 8080, image: 'web:2' }),
    ['note pods-restart Deployment', 'warning cut-meanwhile Deployment'],
  ],
  'a Service beside which nothing is replaced, and pods that are all stopped before': [
    [...shop({}), ...shop({ namespace: 'b', strategy: { type: 'Recreate' } })],
    [
      ...shop({ extra: 9000 }),
      ...shop({ namespace: 'b', strategy: { type: 'Recreate' }, port: 9090, target: 8080 }),
    ],
    ['note pods-restart Deployment'],
  ],
});

test.run();
