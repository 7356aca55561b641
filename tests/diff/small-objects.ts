import type { KubernetesObject } from '../../validators/render/objects.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const object = (
  apiVersion: string,
  kind: string,
  fields: Fields,
  metadata: Fields = {},
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'store', namespace: 'shop', ...metadata },
  ...fields,
});

export const labels = { app: 'store' };
export const pod = (container: Fields = {}, spec: Fields = {}) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'store', image: 'store:1.9.0', ...container }], ...spec },
});
export const claim = (storage: string) => ({
  metadata: { name: 'data' },
  spec: { resources: { requests: { storage } } },
});

export const apps = (kind: string, spec: Fields, metadata: Fields = {}) =>
  object(
    'apps/v1',
    kind,
    { spec: { selector: { matchLabels: labels }, template: pod(), ...spec } },
    metadata,
  );
export const job = (image: string, annotations?: Fields) =>
  object(
    'batch/v1',
    'Job',
    { spec: { template: pod({ image }) } },
    annotations === undefined ? {} : { annotations },
  );
export const replace = { 'argocd.argoproj.io/sync-options': 'Force=true,Replace=true' };
export const keep = { 'argocd.argoproj.io/sync-options': 'Prune=false' };
export const pvc = (spec: Fields, metadata: Fields = {}) =>
  object('v1', 'PersistentVolumeClaim', { spec }, metadata);
export const size = (storage: string) => ({ resources: { requests: { storage } } });
export const newer = pod({ image: 'store:2.0.0' });
export const partition = (from: number) => ({ updateStrategy: { rollingUpdate: { partition: from } } });
export const brokers = (namespace: string, replicas: number, inSync: string) =>
  apps(
    'StatefulSet',
    {
      replicas,
      template: pod({
        image: 'apache/kafka:4.1.0',
        env: [{ name: 'KAFKA_MIN_INSYNC_REPLICAS', value: inSync }],
        ports: [{ containerPort: 9092 }],
      }),
    },
    { namespace },
  );
export const ensemble = (name: string, image: string, replicas: number) =>
  apps('StatefulSet', { replicas, template: pod({ image }) }, { name });
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
export function shop(given: Shop): KubernetesObject[] {
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
export const surging = { replicas: 2, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } };
export const careless = { replicas: 2, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } };
export const asking = (image: string, memory: string, more: Fields = {}) =>
  pod({ image, resources: { requests: { memory } }, ...more });
/** Two of each on three nodes of 4Gi: three pods of 2.5Gi, and three of a port, are the most. */
export const crowd = (image: string) => [
  apps('Deployment', { ...surging, replicas: 3, template: asking(image, '2500Mi') }, { name: 'large' }),
  apps('Deployment', { ...careless, replicas: 3, template: asking(image, '1Mi') }, { name: 'lets-go' }),
  apps('Deployment', { ...surging, template: asking(image, '1Mi') }, { name: 'small' }),
  apps(
    'Deployment',
    {
      ...surging,
      replicas: 3,
      template: asking(image, '1Mi', { ports: [{ containerPort: 80, hostPort: 80 }] }),
    },
    { name: 'at-a-port' },
  ),
  apps(
    'Deployment',
    {
      ...careless,
      replicas: 3,
      template: asking(image, '1Mi', { ports: [{ containerPort: 81, hostPort: 81 }] }),
    },
    { name: 'at-a-port-lets-go' },
  ),
  apps('Deployment', { replicas: 0, template: asking(image, '2500Mi') }, { name: 'off' }),
];
export const quota = (namespace: string, pods: number) =>
  object('v1', 'ResourceQuota', { spec: { hard: { pods: `${pods}` } } }, { namespace });
export const claimed = (image: string, spec: Fields, namespace = 'a') =>
  apps(
    'Deployment',
    {
      template: pod(
        { image },
        { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'store' } }] },
      ),
      ...spec,
    },
    { namespace },
  );
export const onceClaim = (namespace: string) => pvc({ accessModes: ['ReadWriteOnce'] }, { namespace });
export const budgeted = (namespace: string, replicas: number, minAvailable: number | string) => [
  apps('Deployment', { replicas }, { namespace }),
  object(
    'policy/v1',
    'PodDisruptionBudget',
    { spec: { minAvailable, selector: { matchLabels: labels } } },
    { namespace },
  ),
];
export const ring = (namespace: string, replicas: number) => [
  apps('StatefulSet', { replicas, template: pod({ image: 'cassandra:5.0' }) }, { namespace }),
  object(
    'v1',
    'ConfigMap',
    {
      data: {
        'a.cql':
          "CREATE KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': '3'};",
      },
    },
    { namespace },
  ),
];
export const other = { matchLabels: { app: 'other' } };
