import type { KubernetesObject } from '../../render/objects.ts';
import type { Made } from '../made.ts';
import { account } from './account.ts';
import {
  type Fields,
  type Labels,
  labelsOf,
  metadataOf,
  postgresPort,
  type Reference,
  restricted,
  type ServiceTemplate,
} from './spec.ts';

interface PoolerSpec {
  readonly cluster?: Reference;
  readonly type?: string;
  readonly instances?: number;
  readonly serviceAccountName?: string;
  readonly serviceTemplate?: ServiceTemplate;
  readonly template?: {
    readonly metadata?: { readonly labels?: Labels };
    readonly spec?: Fields & { readonly containers?: readonly (Fields & { readonly name?: string })[] };
  };
}

/** The pods of a `Pooler`, their account and their Service. */
export function makePooler(pooler: KubernetesObject): Made[] {
  const spec = (pooler.spec ?? {}) as PoolerSpec;
  const { name } = pooler.metadata;
  const cluster = spec.cluster?.name ?? '';
  const labels = { ...labelsOf(cluster, 'pooler'), 'cnpg.io/poolerName': name, 'cnpg.io/podRole': 'pooler' };
  const { containers = [], ...given } = spec.template?.spec ?? {};
  const index = containers.findIndex((one) => one.name === 'pgbouncer');
  const own = containers[index] ?? {};
  const bouncer = {
    command: ['/controller/manager', 'pgbouncer', 'run'],
    securityContext: restricted,
    readinessProbe: { tcpSocket: { port: 'pgbouncer' }, timeoutSeconds: 5 },
    ...own,
    name: 'pgbouncer',
    env: [
      ...((own.env ?? []) as readonly unknown[]),
      { name: 'SERVER', value: `${cluster}-${spec.type ?? 'rw'}:${postgresPort}` },
    ],
    ports: [
      { name: 'pgbouncer', containerPort: postgresPort },
      { name: 'metrics', containerPort: 9127 },
    ],
  };
  const at = index < 0 ? containers.length : index;
  const template = 'spec.template.spec';
  const made: Made[] = [
    {
      object: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: metadataOf(pooler, name, labels),
        spec: {
          replicas: spec.instances ?? 1,
          selector: { matchLabels: { 'cnpg.io/poolerName': name } },
          template: {
            metadata: { labels: { ...spec.template?.metadata?.labels, ...labels } },
            spec: {
              serviceAccountName: spec.serviceAccountName ?? name,
              securityContext: {
                runAsNonRoot: true,
                runAsUser: 998,
                runAsGroup: 996,
                fsGroup: 996,
                seccompProfile: { type: 'RuntimeDefault' },
              },
              ...given,
              containers: containers.toSpliced(at, index < 0 ? 0 : 1, bouncer),
            },
          },
        },
      },
      talks: {
        operator: [],
        peers: [],
        kubernetes: 'the manager in each pod reads its Pooler there, before PgBouncer starts',
      },
      paths: [
        ['spec.replicas', 'spec.instances'],
        ['spec.template', 'spec.template'],
        [`${template}.containers[${at}].env[${bouncer.env.length - 1}]`, 'spec.cluster.name', 'decides all'],
      ],
    },
    {
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: metadataOf(pooler, name, { ...labels, ...spec.serviceTemplate?.metadata?.labels }),
        spec: {
          type: 'ClusterIP',
          ...spec.serviceTemplate?.spec,
          ports: [
            ...(spec.serviceTemplate?.spec?.ports ?? []),
            { name: 'pgbouncer', port: postgresPort, targetPort: 'pgbouncer' },
          ],
          selector: { 'cnpg.io/poolerName': name },
        },
      },
      paths: [['spec', 'spec.serviceTemplate.spec']],
    },
  ];
  if (spec.serviceAccountName === undefined) made.push(...account(pooler, name, labels));
  return made;
}
