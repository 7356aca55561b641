/** What git holds of an object, as deep as a test changes it. */
// biome-ignore lint/suspicious/noExplicitAny: what is below differs from kind to kind
export type Draft = Record<string, any>;

/** A change, what `npm run diff` says of it, and what the cluster then does. */
export interface Verdict {
  /** What is done, for people. */
  readonly change: string;
  readonly danger: string;
  /** Kind and name of the object that the danger is told of. */
  readonly of: string;
  /** Changes the objects as they are in git. */
  readonly edit: (objects: Map<string, Draft>) => void;
  /** What Argo CD's failed sync says; a sync that succeeds unless it is there. */
  readonly fails?: RegExp;
  /** Questions to kubectl whose answers the sync leaves as they are. */
  readonly keeps?: readonly string[];
  /** Questions to kubectl whose answers are others after it. */
  readonly changes?: readonly string[];
  /** What is gone after it. */
  readonly loses?: readonly string[];
  /** It is in the cluster and no more in git: no sync makes them the same. */
  readonly leaves?: true;
}

export const namespace = 'verdicts';
const labels = { app: 'web' };
const image = 'registry.example.com/web:2.0';
const claim = (storage: string) => ({
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage } },
});
const template = (app: string, more: object = {}) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'main', image, ...more }] },
});
const syncOptions = (value: string) => ({ 'argocd.argoproj.io/sync-options': value });

/** A small system that has something to lose of every sort. */
export function drafts(): Map<string, Draft> {
  const metadata = (name: string, more: object = {}) => ({ name, namespace, ...more });
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${namespace}-spare` } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('settings'), data: { COLOUR: 'green' } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata('web'),
      spec: {
        selector: { matchLabels: labels },
        template: template('web', { envFrom: [{ configMapRef: { name: 'settings' } }] }),
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata('forced', { annotations: syncOptions('Force=true,Replace=true') }),
      spec: { selector: { matchLabels: { app: 'forced' } }, template: template('forced') },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadata('store'),
      spec: {
        serviceName: 'store',
        selector: { matchLabels: { app: 'store' } },
        template: template('store', { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim('1Gi') }],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata('store'),
      spec: { clusterIP: 'None', selector: { app: 'store' }, ports: [{ name: 'store', port: 80 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadata('broker'),
      spec: {
        serviceName: 'broker',
        replicas: 3,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: { app: 'broker' } },
        template: template('broker', {
          image: 'registry.example.com/kafka:4.1.0',
          env: [{ name: 'KAFKA_MIN_INSYNC_REPLICAS', value: '2' }],
          ports: [{ containerPort: 9092 }],
        }),
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: metadata('broker'),
      spec: { minAvailable: 2, selector: { matchLabels: { app: 'broker' } } },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadata('narrow'),
      spec: {
        strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector: { matchLabels: { app: 'narrow' } },
        template: template('narrow', { resources: { requests: { cpu: '10m' } } }),
      },
    },
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: metadata('narrow'),
      spec: { hard: { pods: '1' }, scopes: ['NotBestEffort'] },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: metadata('once'),
      spec: { template: { ...template('once'), spec: { ...template('once').spec, restartPolicy: 'Never' } } },
    },
    { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: metadata('files'), spec: claim('2Gi') },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: metadata('kept', { annotations: syncOptions('Prune=false') }),
      spec: claim('2Gi'),
    },
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.verdicts.example.com' },
      spec: {
        group: 'verdicts.example.com',
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
        ],
      },
    },
  ] as Draft[];
  return new Map(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
}

const uidOf = (what: string) => `${what} --output=jsonpath={.metadata.uid}`;
const pods = (app: string) => `pods --selector=app=${app} --output=jsonpath={.items[*].metadata.uid}`;

/** The object of that kind and name. @throws Error where there is none */
function of(objects: Map<string, Draft>, key: string): Draft {
  const object = objects.get(key);
  if (object === undefined) throw new Error(`there is no ${key}`);
  return object;
}

/** Dangers that this cluster cannot show, and why. */
export const notJudged: Readonly<Record<string, string>> = {
  'cut-meanwhile': 'its nodes run nothing: no pod connects to another, and each is ready at once',
};

export const verdicts: readonly Verdict[] = [
  {
    change: 'another selector of a Deployment',
    danger: 'field-immutable',
    of: 'Deployment/web',
    edit(objects) {
      const { spec } = of(objects, 'Deployment/web');
      spec.selector.matchLabels = { app: 'web', tier: 'front' };
      spec.template.metadata.labels = { app: 'web', tier: 'front' };
    },
    fails: /field is immutable/,
    keeps: [uidOf('deployment/web'), pods('web')],
  },
  {
    change: "larger claims of a StatefulSet's template",
    danger: 'field-immutable',
    of: 'StatefulSet/store',
    edit(objects) {
      of(objects, 'StatefulSet/store').spec.volumeClaimTemplates[0].spec = claim('2Gi');
    },
    fails: /updates to statefulset spec for fields other than/,
    keeps: [uidOf('statefulset/store'), uidOf('persistentvolumeclaim/data-store-0')],
  },
  {
    change: "another image of a Job's template",
    danger: 'field-immutable',
    of: 'Job/once',
    edit(objects) {
      of(objects, 'Job/once').spec.template.spec.containers[0].image = 'registry.example.com/web:3.0';
    },
    fails: /field is immutable/,
    keeps: [uidOf('job/once')],
  },
  {
    change: 'a smaller claim',
    danger: 'storage-shrinks',
    of: 'PersistentVolumeClaim/files',
    edit(objects) {
      of(objects, 'PersistentVolumeClaim/files').spec = claim('1Gi');
    },
    fails: /Forbidden|immutable/,
    keeps: [
      uidOf('persistentvolumeclaim/files'),
      'persistentvolumeclaim/files --output=jsonpath={.spec.resources}',
    ],
  },
  {
    change: 'a claim that leaves git',
    danger: 'claim-goes',
    of: 'PersistentVolumeClaim/files',
    edit: (objects) => void objects.delete('PersistentVolumeClaim/files'),
    loses: ['persistentvolumeclaim/files'],
  },
  {
    change: 'a claim that leaves git and may stay',
    danger: 'stays-behind',
    of: 'PersistentVolumeClaim/kept',
    edit: (objects) => void objects.delete('PersistentVolumeClaim/kept'),
    keeps: [uidOf('persistentvolumeclaim/kept')],
    leaves: true,
  },
  {
    change: 'a namespace that leaves git',
    danger: 'namespace-goes',
    of: `Namespace/${namespace}-spare`,
    edit: (objects) => void objects.delete(`Namespace/${namespace}-spare`),
    loses: [`namespace/${namespace}-spare`],
  },
  {
    change: 'a definition that leaves git',
    danger: 'stays-behind',
    of: 'CustomResourceDefinition/widgets.verdicts.example.com',
    edit: (objects) => void objects.delete('CustomResourceDefinition/widgets.verdicts.example.com'),
    keeps: [uidOf('customresourcedefinition/widgets.verdicts.example.com')],
  },
  {
    change: 'a StatefulSet of another name',
    danger: 'stateful-goes',
    of: 'StatefulSet/store',
    edit(objects) {
      of(objects, 'StatefulSet/store').metadata = { name: 'storage', namespace };
    },
    keeps: [uidOf('persistentvolumeclaim/data-store-0')],
    loses: ['statefulset/store', 'pod/store-0'],
  },
  {
    change: 'another selector of a Deployment that may be replaced',
    danger: 'object-replaced',
    of: 'Deployment/forced',
    edit(objects) {
      const { spec } = of(objects, 'Deployment/forced');
      spec.selector.matchLabels = { app: 'forced', tier: 'front' };
      spec.template.metadata.labels = { app: 'forced', tier: 'front' };
    },
    changes: [uidOf('deployment/forced')],
  },
  {
    change: 'fewer brokers than are to be in sync',
    danger: 'quorum-lost',
    of: 'StatefulSet/broker',
    edit(objects) {
      of(objects, 'StatefulSet/broker').spec.replicas = 1;
    },
    keeps: [uidOf('pod/broker-0')],
    loses: ['pod/broker-1', 'pod/broker-2'],
  },
  {
    change: 'fewer brokers, and as many as are to be in sync',
    danger: 'members-go',
    of: 'StatefulSet/broker',
    edit(objects) {
      of(objects, 'StatefulSet/broker').spec.replicas = 2;
    },
    keeps: [uidOf('pod/broker-0'), uidOf('pod/broker-1')],
    loses: ['pod/broker-2'],
  },
  {
    change: 'fewer pods than a budget keeps',
    danger: 'below-budget',
    of: 'StatefulSet/broker',
    edit(objects) {
      of(objects, 'StatefulSet/broker').spec.replicas = 1;
    },
    keeps: [uidOf('pod/broker-0'), uidOf('poddisruptionbudget/broker')],
    loses: ['pod/broker-1', 'pod/broker-2'],
  },
  {
    change: 'a lower version',
    danger: 'image-downgrade',
    of: 'Deployment/web',
    edit(objects) {
      of(objects, 'Deployment/web').spec.template.spec.containers[0].image = 'registry.example.com/web:1.0';
    },
    keeps: [uidOf('deployment/web')],
    changes: [pods('web')],
  },
  {
    change: 'another pod template',
    danger: 'pods-restart',
    of: 'Deployment/web',
    edit(objects) {
      of(objects, 'Deployment/web').spec.template.spec.containers[0].env = [{ name: 'SIZE', value: 'L' }];
    },
    keeps: [uidOf('deployment/web')],
    changes: [pods('web')],
  },
  {
    change: 'another pod template, of which a quota lets no pod start beside the old one',
    danger: 'rollout-stuck',
    of: 'Deployment/narrow',
    edit(objects) {
      of(objects, 'Deployment/narrow').spec.template.spec.containers[0].env = [{ name: 'SIZE', value: 'L' }];
    },
    keeps: [pods('narrow')],
    changes: ['deployment/narrow --output=jsonpath={.status.conditions}'],
  },
  {
    change: 'a StatefulSet that leaves its pods to people from now on',
    danger: 'strategy-refused',
    of: 'StatefulSet/store',
    edit(objects) {
      of(objects, 'StatefulSet/store').spec.updateStrategy = { type: 'OnDelete' };
    },
    fails: /only allowed for updateStrategy 'RollingUpdate'/,
    keeps: ['statefulset/store --output=jsonpath={.metadata.generation}', pods('store')],
  },
  {
    change: 'another pod template of a StatefulSet that keeps its pods at the older one',
    danger: 'pods-not-replaced',
    of: 'StatefulSet/store',
    edit(objects) {
      const { spec } = of(objects, 'StatefulSet/store');
      spec.updateStrategy = { rollingUpdate: { partition: 1 } };
      spec.template.spec.containers[0].env = [{ name: 'SIZE', value: 'L' }];
    },
    keeps: [pods('store')],
    changes: ['statefulset/store --output=jsonpath={.metadata.generation}'],
  },
  {
    change: 'another value that is read at the start alone',
    danger: 'configuration-not-read',
    of: 'Deployment/web',
    edit(objects) {
      of(objects, 'ConfigMap/settings').data.COLOUR = 'red';
    },
    keeps: [pods('web')],
    changes: ['configmap/settings --output=jsonpath={.data.COLOUR}'],
  },
];
