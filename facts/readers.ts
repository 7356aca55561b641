import type { KubernetesObject } from '@plumbline/validators';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IEnvVar } from 'kubernetes-models/v1/EnvVar';
import type { IPersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import type { IProbe } from 'kubernetes-models/v1/Probe';
import type { IService } from 'kubernetes-models/v1/Service';
import { fieldAt } from './field.ts';
import { writtenName } from './names.ts';
import { containerOf, podTemplate } from './pods.ts';

/** A fact's value as tables write it, and where it stands in the object. */
export interface Reading {
  readonly value: string;
  readonly path: string;
  /** The places of the object that the value is made of, where that is not the path alone. */
  readonly parts?: readonly string[];
  /** The object that it was read from, where that is another one. */
  readonly object?: KubernetesObject;
}

/**
 * Reads one fact of an object.
 * @param words what follows the fact's name in the table: `DB_HOST` of `env DB_HOST`.
 * @throws Error that says why the object has no such fact.
 */
export type Reader = (
  object: KubernetesObject,
  words: readonly string[],
  objects: readonly KubernetesObject[],
) => Reading;

/** Sees an object as the typed model of its kind. @throws Error when it is of another kind. */
function as<Model>(object: KubernetesObject, ...kinds: string[]): Model {
  if (!kinds.includes(object.kind))
    throw new Error(`it is read of a ${kinds.join(' or ')}, and this is a ${object.kind}`);
  return object as unknown as Model;
}

function text(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function resources(which: 'requests' | 'limits'): Reader {
  return (object, [name]) => {
    const { container, path } = containerOf(object, name);
    const amounts = container.resources?.[which] ?? {};
    return { value: `${text(amounts.cpu)} / ${text(amounts.memory)}`, path: `${path}.resources.${which}` };
  };
}

function probe(which: 'livenessProbe' | 'readinessProbe' | 'startupProbe'): Reader {
  return (object, [name]) => {
    const { container, path } = containerOf(object, name);
    return { value: describeProbe(container[which]), path: `${path}.${which}` };
  };
}

function describeProbe(found: IProbe | undefined): string {
  if (found?.httpGet) return `GET ${found.httpGet.path ?? '/'} ${found.httpGet.port}`;
  if (found?.tcpSocket) return `tcp ${found.tcpSocket.port}`;
  if (found?.exec) return `exec ${(found.exec.command ?? []).join(' ')}`;
  if (found?.grpc) return `grpc ${found.grpc.port}`;
  return 'none';
}

function describeEnv(variable: IEnvVar | undefined): string {
  const from = variable?.valueFrom;
  if (from?.secretKeyRef) return `secret ${from.secretKeyRef.name} ${from.secretKeyRef.key}`;
  if (from?.configMapKeyRef) {
    return `configmap ${writtenName(from.configMapKeyRef.name ?? '')} ${from.configMapKeyRef.key}`;
  }
  if (from?.fieldRef) return `field ${from.fieldRef.fieldPath}`;
  if (from?.resourceFieldRef) return `resource ${from.resourceFieldRef.resource}`;
  return text(variable?.value);
}

/** The jobs of a CronJob, or the Job itself. */
function jobSpec(object: KubernetesObject): { spec: IJob['spec']; path: string } {
  if (object.kind === 'CronJob') {
    return { spec: as<ICronJob>(object, 'CronJob').spec?.jobTemplate.spec, path: 'spec.jobTemplate.spec' };
  }
  return { spec: as<IJob>(object, 'Job', 'CronJob').spec, path: 'spec' };
}

function claims(
  object: KubernetesObject,
): { name?: string; claim: IPersistentVolumeClaim['spec']; path: string }[] {
  if (object.kind === 'PersistentVolumeClaim') {
    return [{ claim: as<IPersistentVolumeClaim>(object, 'PersistentVolumeClaim').spec, path: 'spec' }];
  }
  const templates =
    as<IStatefulSet>(object, 'StatefulSet', 'PersistentVolumeClaim').spec?.volumeClaimTemplates ?? [];
  return templates.map(({ metadata, spec }, index) => ({
    name: metadata?.name ?? '',
    claim: spec,
    path: `spec.volumeClaimTemplates[${index}].spec`,
  }));
}

/** Every fact by the name that tables give it; docs/conventions.md lists them for people. */
export const readers: Readonly<Record<string, Reader>> = {
  exists: () => ({ value: 'yes', path: '' }),

  replicas: (object, _words, objects) => {
    const { spec } = as<IDeployment>(object, 'Deployment', 'StatefulSet');
    const hpa = objects.find((candidate) => {
      const target = (candidate as unknown as IHorizontalPodAutoscaler).spec?.scaleTargetRef;
      return (
        candidate.kind === 'HorizontalPodAutoscaler' &&
        target?.kind === object.kind &&
        target.name === object.metadata.name
      );
    });
    if (hpa === undefined) return { value: text(spec?.replicas ?? 1), path: 'spec.replicas' };
    const scaler = as<IHorizontalPodAutoscaler>(hpa, 'HorizontalPodAutoscaler').spec;
    const bounds = `${scaler?.minReplicas ?? 1}..${scaler?.maxReplicas}`;
    if (spec?.replicas !== undefined)
      return { value: `${bounds} with replicas ${spec.replicas}`, path: 'spec.replicas' };
    return {
      value: bounds,
      path: 'spec.minReplicas',
      parts: ['spec.minReplicas', 'spec.maxReplicas'],
      object: hpa,
    };
  },

  strategy: (object) => {
    const { strategy } = as<IDeployment>(object, 'Deployment').spec ?? {};
    const rolling = strategy?.rollingUpdate;
    const numbers = rolling === undefined ? '' : ` ${text(rolling.maxUnavailable)}/${text(rolling.maxSurge)}`;
    return { value: `${strategy?.type ?? 'RollingUpdate'}${numbers}`, path: 'spec.strategy' };
  },

  requests: resources('requests'),
  limits: resources('limits'),

  image: (object, [name]) => {
    const { container, path } = containerOf(object, name);
    return { value: text(container.image), path: `${path}.image` };
  },

  command: (object, [name]) => {
    const { container, path } = containerOf(object, name);
    return {
      value: [...(container.command ?? []), ...(container.args ?? [])].join(' '),
      path: `${path}.command`,
      parts: [`${path}.command`, `${path}.args`],
    };
  },

  ports: (object, [name]) => {
    if (object.kind === 'Service') {
      const ports = as<IService>(object, 'Service').spec?.ports ?? [];
      const described = ports.map((port) => {
        const node = port.nodePort === undefined ? '' : ` (${port.nodePort})`;
        return `${port.name === undefined ? '' : `${port.name} `}${port.port} -> ${port.targetPort ?? port.port}${node}`;
      });
      return { value: described.join(', '), path: 'spec.ports' };
    }
    const { container, path } = containerOf(object, name);
    const described = (container.ports ?? []).map((port) => `${port.name} ${port.containerPort}`);
    return { value: described.join(', '), path: `${path}.ports` };
  },

  type: (object) => {
    const { spec } = as<IService>(object, 'Service');
    return {
      value: spec?.clusterIP === 'None' ? 'headless' : (spec?.type ?? 'ClusterIP'),
      path: 'spec.type',
    };
  },

  storage: (object) => {
    const all = claims(object);
    const described = all.map(({ name, claim }) =>
      [name, claim?.resources?.requests?.storage, (claim?.accessModes ?? []).join(' ')]
        .filter(Boolean)
        .join(' '),
    );
    const [path = 'spec', ...others] = all.map((claim) => claim.path);
    return {
      value: described.join(', '),
      path: `${path}.resources.requests.storage`,
      parts: [path, ...others],
    };
  },

  'storage class': (object) => {
    const all = claims(object);
    const classes = new Set(all.map(({ claim }) => claim?.storageClassName ?? 'default'));
    return { value: [...classes].join(', '), path: `${all[0]?.path ?? 'spec'}.storageClassName` };
  },

  schedule: (object) => ({
    value: text(as<ICronJob>(object, 'CronJob').spec?.schedule),
    path: 'spec.schedule',
  }),

  concurrency: (object) => ({
    value: as<ICronJob>(object, 'CronJob').spec?.concurrencyPolicy ?? 'Allow',
    path: 'spec.concurrencyPolicy',
  }),

  history: (object) => {
    const { spec } = as<ICronJob>(object, 'CronJob');
    return {
      value: `${spec?.successfulJobsHistoryLimit ?? 3}/${spec?.failedJobsHistoryLimit ?? 1}`,
      path: 'spec.successfulJobsHistoryLimit',
      parts: ['spec.successfulJobsHistoryLimit', 'spec.failedJobsHistoryLimit'],
    };
  },

  'restart policy': (object) => {
    const { spec, path } = podTemplate(object);
    return { value: spec.restartPolicy ?? 'Always', path: `${path}.spec.restartPolicy` };
  },

  'backoff limit': (object) => {
    const { spec, path } = jobSpec(object);
    return { value: text(spec?.backoffLimit ?? 6), path: `${path}.backoffLimit` };
  },

  liveness: probe('livenessProbe'),
  readiness: probe('readinessProbe'),
  startup: probe('startupProbe'),

  env: (object, [variable = '', name]) => {
    if (variable === 'from') {
      const { container, path } = containerOf(object, name);
      const sources = (container.envFrom ?? []).map((from) =>
        from.secretRef
          ? `secret ${from.secretRef.name}`
          : `configmap ${writtenName(from.configMapRef?.name ?? '')}`,
      );
      return { value: sources.join(', '), path: `${path}.envFrom` };
    }
    const { container, path } = containerOf(object, name);
    const index = (container.env ?? []).findIndex((entry) => entry.name === variable);
    return { value: describeEnv(container.env?.[index]), path: `${path}.env[${Math.max(index, 0)}]` };
  },

  mount: (object, [mountPath = '', name]) => {
    const { container, path } = containerOf(object, name);
    const index = (container.volumeMounts ?? []).findIndex((mount) => mount.mountPath === mountPath);
    const mount = container.volumeMounts?.[index];
    const { spec } = podTemplate(object);
    const volume = (spec.volumes ?? []).find((candidate) => candidate.name === mount?.name);
    const subPath = mount?.subPath === undefined ? '' : ` ${mount.subPath}`;
    const where = `${path}.volumeMounts[${Math.max(index, 0)}]`;
    if (mount === undefined) return { value: 'none', path: where };
    const isTemplate =
      object.kind === 'StatefulSet' && claims(object).some((claim) => claim.name === mount.name);
    let value = 'other';
    if (volume?.configMap) value = `configmap ${writtenName(volume.configMap.name ?? '')}`;
    else if (volume?.secret) value = `secret ${volume.secret.secretName}`;
    else if (volume?.persistentVolumeClaim) value = `claim ${volume.persistentVolumeClaim.claimName}`;
    else if (volume?.emptyDir) value = 'emptyDir';
    else if (isTemplate) value = `template ${mount.name}`;
    const volumes = `${path.replace(/\.(?:initC|c)ontainers\[\d+\]$/, '')}.volumes`;
    const at = `${volumes}[${volume === undefined ? -1 : (spec.volumes ?? []).indexOf(volume)}]`;
    const source = ['configMap', 'secret', 'persistentVolumeClaim'].map((kind) => `${at}.${kind}`);
    return { value: `${value}${subPath}`, path: where, parts: [...source, `${where}.subPath`] };
  },

  'waits for': (object) => {
    const { spec, path } = podTemplate(object);
    const waits = (spec.initContainers ?? [])
      .map((container) => container.name)
      .filter((name) => name.startsWith('wait-for-'))
      .map((name) => name.slice('wait-for-'.length));
    return { value: waits.join(', ') || 'none', path: `${path}.spec.initContainers` };
  },

  'service name': (object) => ({
    value: text(as<IStatefulSet>(object, 'StatefulSet').spec?.serviceName),
    path: 'spec.serviceName',
  }),

  keys: (object) => {
    if (object.kind === 'ExternalSecret') {
      const spec = object.spec as {
        target?: { template?: { data?: Record<string, string> } };
        data?: { secretKey: string }[];
      };
      const made = spec.target?.template?.data;
      const names =
        made === undefined ? (spec.data ?? []).map(({ secretKey }) => secretKey) : Object.keys(made);
      return { value: names.sort().join(', '), path: 'spec.data' };
    }
    const fields = ['data', 'stringData', 'binaryData'].map((field) =>
      Object.keys((object[field] ?? {}) as object),
    );
    return { value: fields.flat().sort().join(', '), path: 'data' };
  },

  data: (object, [key = '']) => {
    const plain = {
      ...(object.data as Record<string, string>),
      ...(object.stringData as Record<string, string>),
    };
    return { value: text(plain[key]), path: `data["${key}"]` };
  },

  'pod label': (object, [name = '']) => {
    const { labels, path } = podTemplate(object);
    return { value: text(labels[name]), path: `${path}.metadata.labels["${name}"]` };
  },

  label: (object, [name = '']) => ({
    value: text(object.metadata.labels?.[name]),
    path: `metadata.labels["${name}"]`,
  }),

  scales: (object) => {
    const { spec } = as<IHorizontalPodAutoscaler>(object, 'HorizontalPodAutoscaler');
    const metrics = (spec?.metrics ?? []).map((metric) => {
      const resource = metric.resource;
      return resource === undefined
        ? metric.type
        : `${resource.name} ${text(resource.target.averageUtilization)}%`;
    });
    const target = `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`;
    return {
      value: `${target} ${spec?.minReplicas ?? 1}..${spec?.maxReplicas} ${metrics.join(' ')}`,
      path: 'spec',
    };
  },

  budget: (object) => {
    const { spec } = as<IPodDisruptionBudget>(object, 'PodDisruptionBudget');
    return spec?.maxUnavailable === undefined
      ? { value: `min available ${text(spec?.minAvailable)}`, path: 'spec.minAvailable' }
      : { value: `max unavailable ${text(spec.maxUnavailable)}`, path: 'spec.maxUnavailable' };
  },

  routes: (object) => {
    const { spec } = as<IIngress>(object, 'Ingress');
    const routes = (spec?.rules ?? []).flatMap((rule) =>
      (rule.http?.paths ?? []).map(({ path, backend }) => {
        const port = backend.service?.port?.name ?? backend.service?.port?.number;
        return `${rule.host ?? '*'} ${path ?? '/'} -> ${backend.service?.name}:${port}`;
      }),
    );
    return { value: routes.join(', '), path: 'spec.rules' };
  },

  class: (object) => ({
    value: text(as<IIngress>(object, 'Ingress').spec?.ingressClassName),
    path: 'spec.ingressClassName',
  }),

  tls: (object) => {
    const entries = as<IIngress>(object, 'Ingress').spec?.tls ?? [];
    const described = entries.map((entry) => `${entry.secretName} ${(entry.hosts ?? []).join(' ')}`);
    return { value: described.join(', ') || 'none', path: 'spec.tls' };
  },
};

/** The value at a JSON path, as `$.spec.ports[0].port`: for what no reader has a name for. */
export function readPath(object: KubernetesObject, path: string): Reading {
  const plain = path.replace(/^\$\.?/, '').replaceAll(/\['([^']+)'\]/g, '["$1"]');
  return { value: text(fieldAt(object, plain)), path: plain };
}
