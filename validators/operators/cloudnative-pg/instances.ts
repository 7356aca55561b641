import type { KubernetesObject } from '../../render/objects.ts';
import type { Made } from '../made.ts';
import {
  type ClusterSpec,
  type Labels,
  metadataOf,
  postgresPort,
  type Reference,
  restricted,
  type Storage,
  statusPort,
} from './spec.ts';

/** A place where the instance manager reads a Secret or a ConfigMap by its name. */
interface Read {
  readonly variable: string;
  readonly from: 'secretKeyRef' | 'configMapKeyRef';
  readonly reference: Reference | undefined;
  readonly key: string;
  readonly path: string;
}

function readsOf(spec: ClusterSpec): Read[] {
  const login = (variable: string, reference: Reference | undefined, path: string): Read[] =>
    ['username', 'password'].map((key) => ({
      variable: `${variable}_${key.toUpperCase()}`,
      from: 'secretKeyRef',
      reference,
      key,
      path,
    }));
  const files = (variable: string, references: readonly Reference[] = [], path = ''): Read[] =>
    references.map((reference, index) => ({
      variable: `${variable}_${index}`,
      from: 'configMapKeyRef',
      reference,
      key: reference.key ?? '',
      path: `${path}[${index}]`,
    }));
  const setup = spec.bootstrap?.initdb?.postInitApplicationSQLRefs?.configMapRefs;
  return [
    ...login('INITDB', spec.bootstrap?.initdb?.secret, 'spec.bootstrap.initdb.secret'),
    ...login('SUPERUSER', spec.superuserSecret, 'spec.superuserSecret'),
    ...(spec.managed?.roles ?? []).flatMap(({ passwordSecret }, index) =>
      login(`ROLE_${index}`, passwordSecret, `spec.managed.roles[${index}].passwordSecret`),
    ),
    ...files('SETUP', setup, 'spec.bootstrap.initdb.postInitApplicationSQLRefs.configMapRefs'),
    ...files('QUERIES', spec.monitoring?.customQueriesConfigMap, 'spec.monitoring.customQueriesConfigMap'),
  ].filter(({ reference }) => reference?.name !== undefined);
}

/** The pods as a StatefulSet of so many: CloudNativePG has no such object, and keeps each pod and its claims by itself. */
export function instances(cluster: KubernetesObject, spec: ClusterSpec, labels: Labels): Made {
  const { name } = cluster.metadata;
  const { affinity = {}, storage, walStorage } = spec;
  const podLabels = { ...spec.inheritedMetadata?.labels, ...labels, 'cnpg.io/podRole': 'instance' };
  const reads = readsOf(spec);
  const own = spec.env ?? [];
  const probe = (path: string) => ({
    httpGet: { path, port: 'status', scheme: 'HTTPS' },
    periodSeconds: 10,
    timeoutSeconds: 5,
  });
  const pod = {
    serviceAccountName: spec.serviceAccountName ?? name,
    enableServiceLinks: true,
    terminationGracePeriodSeconds: spec.stopDelay ?? 1800,
    ...(spec.priorityClassName === undefined ? {} : { priorityClassName: spec.priorityClassName }),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: spec.postgresUID ?? 26,
      runAsGroup: spec.postgresGID ?? 26,
      fsGroup: spec.postgresGID ?? 26,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(affinity.nodeSelector === undefined ? {} : { nodeSelector: affinity.nodeSelector }),
    ...(affinity.tolerations === undefined ? {} : { tolerations: affinity.tolerations }),
    ...(spec.topologySpreadConstraints === undefined
      ? {}
      : { topologySpreadConstraints: spec.topologySpreadConstraints }),
    affinity: affinityOf(name, affinity),
    containers: [
      {
        name: 'postgres',
        ...(spec.imageName === undefined ? {} : { image: spec.imageName }),
        ...(spec.imagePullPolicy === undefined ? {} : { imagePullPolicy: spec.imagePullPolicy }),
        command: ['/controller/manager', 'instance', 'run'],
        ports: [
          { name: 'postgresql', containerPort: postgresPort },
          { name: 'metrics', containerPort: 9187 },
          { name: 'status', containerPort: statusPort },
        ],
        env: [
          ...own,
          ...reads.map(({ variable, from, reference, key }) => ({
            name: variable,
            valueFrom: { [from]: { name: reference?.name, key } },
          })),
        ],
        startupProbe: { ...probe('/startupz'), failureThreshold: 360 },
        readinessProbe: probe('/readyz'),
        livenessProbe: probe('/healthz'),
        resources: spec.resources ?? {},
        securityContext: restricted,
        volumeMounts: [
          { name: 'pgdata', mountPath: '/var/lib/postgresql/data' },
          ...(walStorage === undefined ? [] : [{ name: 'pg-wal', mountPath: '/var/lib/postgresql/wal' }]),
          { name: 'scratch-data', mountPath: '/run' },
          { name: 'scratch-data', mountPath: '/controller' },
        ],
      },
    ],
    volumes: [{ name: 'scratch-data', emptyDir: {} }],
  };
  const template = 'spec.template.spec';
  const container = `${template}.containers[0]`;
  const envPath = (index: number) => `${container}.env[${own.length + index}].valueFrom`;
  const claims = [
    ['pgdata', storage, 'spec.storage'],
    ...(walStorage === undefined ? [] : [['pg-wal', walStorage, 'spec.walStorage'] as const]),
  ] as const;
  return {
    object: {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadataOf(cluster, name, labels),
      spec: {
        replicas: spec.instances ?? 1,
        selector: { matchLabels: { 'cnpg.io/cluster': name, 'cnpg.io/podRole': 'instance' } },
        template: { metadata: { labels: podLabels }, spec: pod },
        volumeClaimTemplates: claims.map(([claim, wanted]) => claimTemplate(claim, wanted)),
      },
    },
    talks: {
      operator: [[statusPort, 'to learn how the instances are, and to promote one']],
      peers: (spec.instances ?? 1) > 1 ? [[postgresPort, 'replicas follow the primary']] : [],
      kubernetes: 'the manager in each pod reads its Cluster there, before PostgreSQL starts',
    },
    podLabels: {
      'cnpg.io/instanceRole': (spec.instances ?? 1) > 1 ? ['primary', 'replica'] : ['primary'],
    },
    paths: [
      ['spec.replicas', 'spec.instances'],
      ['spec.template.metadata.labels', 'spec.inheritedMetadata.labels'],
      [`${container}.image`, 'spec.imageName'],
      [`${container}.imagePullPolicy`, 'spec.imagePullPolicy'],
      [`${container}.resources`, 'spec.resources'],
      ...own.map((_, index) => [`${container}.env[${index}]`, `spec.env[${index}]`] as const),
      ...reads.flatMap(({ from, path }, index): Made['paths'] => [
        [`${envPath(index)}.${from}`, `${path}.name`, 'decides all'],
        ...(from === 'configMapKeyRef' ? [[`${envPath(index)}.${from}.key`, `${path}.key`] as const] : []),
      ]),
      [`${template}.serviceAccountName`, 'spec.serviceAccountName'],
      [`${template}.topologySpreadConstraints`, 'spec.topologySpreadConstraints'],
      [`${template}.affinity`, 'spec.affinity'],
      [`${template}.affinity.podAntiAffinity`, 'spec.affinity.podAntiAffinityType', 'decides all'],
      [`${template}.nodeSelector`, 'spec.affinity.nodeSelector'],
      [`${template}.tolerations`, 'spec.affinity.tolerations'],
      [`${template}.priorityClassName`, 'spec.priorityClassName'],
      [`${template}.securityContext.runAsUser`, 'spec.postgresUID'],
      [`${template}.terminationGracePeriodSeconds`, 'spec.stopDelay'],
      ...claims.flatMap(([, wanted, path], index) => claimPaths(index, wanted, path)),
    ],
  };
}

function claimTemplate(name: string, wanted: Storage | undefined) {
  const { pvcTemplate, size, storageClass } = wanted ?? {};
  return {
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...pvcTemplate,
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      ...(size === undefined ? {} : { resources: { requests: { storage: size } } }),
    },
  };
}

function claimPaths(index: number, wanted: Storage | undefined, path: string) {
  const claim = `spec.volumeClaimTemplates[${index}]`;
  const from = (field: string, own: string) =>
    wanted?.pvcTemplate !== undefined && Object.hasOwn(wanted.pvcTemplate, field)
      ? `${path}.pvcTemplate.${field}`
      : `${path}${own}`;
  return [
    [claim, path],
    [
      `${claim}.spec.storageClassName`,
      wanted?.storageClass === undefined ? from('storageClassName', '') : `${path}.storageClass`,
    ],
    [`${claim}.spec.accessModes`, from('accessModes', '')],
    [`${claim}.spec.resources`, from('resources', '')],
    [
      `${claim}.spec.resources.requests.storage`,
      wanted?.size === undefined ? `${path}.pvcTemplate.resources.requests.storage` : `${path}.size`,
    ],
  ] as const;
}

/** Instances keep apart from each other, where they can, unless they are told not to. */
function affinityOf(cluster: string, affinity: NonNullable<ClusterSpec['affinity']>) {
  const { enablePodAntiAffinity = true, podAntiAffinityType, nodeAffinity } = affinity;
  const term = {
    topologyKey: affinity.topologyKey || 'kubernetes.io/hostname',
    labelSelector: { matchLabels: { 'cnpg.io/cluster': cluster, 'cnpg.io/podRole': 'instance' } },
  };
  const apart =
    podAntiAffinityType === 'required'
      ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
      : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] };
  return {
    ...(enablePodAntiAffinity ? { podAntiAffinity: apart } : {}),
    ...(nodeAffinity === undefined ? {} : { nodeAffinity }),
  };
}
