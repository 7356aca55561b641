import { kind, mistyped, server, workload } from '../choose.ts';
import { type Data, edit, inContainers, inPods, type Operator, skip } from '../mutant.ts';

/** A map with its first key changed. */
function renamed(map: Data, change: (key: string) => string): unknown {
  const [first, ...others] = Object.entries(map);
  return first === undefined ? skip : Object.fromEntries([[change(first[0]), first[1]], ...others]);
}

/** Defects of the family api server. */
export const apiServer: readonly Operator[] = [
  {
    id: 'duration that no controller reads',
    family: 'api server',
    expects: ['duration-refused'],
    mutate: (objects) =>
      edit(
        objects,
        kind('ExternalSecret', 'Certificate'),
        ['spec.refreshInterval', 'spec.duration', 'spec.renewBefore'],
        (value) => `${value}d`,
      ),
  },
  {
    id: 'field path that no pod can read',
    family: 'api server',
    expects: ['field-path-unknown'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('env.*.valueFrom.fieldRef.fieldPath'), (value) =>
        String(value).includes("['") ? String(value).replaceAll("'", '"') : mistyped(value),
      ),
  },
  {
    id: 'resource mistyped',
    family: 'api server',
    expects: ['resource-refused'],
    mutate: (objects) =>
      edit(
        objects,
        (object) => workload(object) || object.kind === 'ResourceQuota' || object.kind === 'LimitRange',
        [...inContainers('resources.requests', 'resources.limits'), 'spec.hard', 'spec.limits.*.default'],
        (value) => renamed(value as Data, mistyped),
      ),
  },
  {
    id: 'amount that is no quantity',
    family: 'api server',
    expects: ['resource-refused'],
    mutate: (objects) =>
      edit(
        objects,
        (object) => workload(object) || kind('ResourceQuota', 'PersistentVolumeClaim')(object),
        [
          ...inContainers('resources.requests.*', 'resources.limits.*'),
          'spec.hard.*',
          'spec.resources.requests.storage',
          'spec.volumeClaimTemplates.*.spec.resources.requests.storage',
        ],
        (value) => `${value}b`,
      ),
  },
  {
    id: 'amount below nothing',
    family: 'api server',
    expects: ['resource-refused'],
    mutate: (objects) =>
      edit(
        objects,
        workload,
        inContainers('resources.requests.*', 'resources.limits.*'),
        (value) => `-${value}`,
      ),
  },
  {
    id: 'object named as none may be',
    family: 'api server',
    expects: ['name-refused'],
    mutate: (objects) =>
      edit(
        objects,
        kind(
          'Service',
          'Deployment',
          'StatefulSet',
          'CronJob',
          'Job',
          'Ingress',
          'ConfigMap',
          'NetworkPolicy',
        ),
        ['metadata.name'],
        (value) => `${String(value).replaceAll('-', '_')}_A`,
        // It is told by the name that it has now.
        (value, object) => [`${object.kind}/${String(value).replaceAll('-', '_')}_A`],
      ),
  },
  {
    id: 'container or port named as none may be',
    family: 'api server',
    expects: ['name-refused'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('name', 'ports.*.name'), (value) => `${value}_of_the_container`),
  },
  {
    id: 'label with a value that cannot be',
    family: 'api server',
    expects: ['label-refused'],
    mutate: (objects) =>
      edit(
        objects,
        (object) => workload(object) || object.kind === 'Service',
        ['metadata.labels.*', 'spec.template.metadata.labels.*', 'spec.selector.*'],
        (value) => (typeof value === 'string' ? `${value}+build 7` : skip),
      ),
  },
  {
    id: 'key that cannot be',
    family: 'api server',
    expects: ['configuration-refused'],
    mutate: (objects) =>
      edit(objects, kind('ConfigMap', 'Secret'), ['data', 'stringData'], (value) =>
        renamed(value as Data, (key) => `conf/${key}`),
      ),
  },
  {
    id: 'probe that asks in two ways',
    family: 'api server',
    expects: ['probe-refused'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('livenessProbe', 'readinessProbe', 'startupProbe'), (value) => ({
        ...(value as Data),
        ...('exec' in (value as Data) ? { tcpSocket: { port: 80 } } : { exec: { command: ['true'] } }),
      })),
  },
  {
    id: 'probe that asks in no way',
    family: 'api server',
    expects: ['probe-refused'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('livenessProbe', 'readinessProbe', 'startupProbe'), () => ({
        periodSeconds: 5,
      })),
  },
  {
    id: 'liveness that wants two successes',
    family: 'api server',
    expects: ['probe-refused'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('livenessProbe', 'startupProbe'), (value) => ({
        ...(value as Data),
        successThreshold: 2,
      })),
  },
  {
    id: 'volume of two sources',
    family: 'api server',
    expects: ['volume-refused'],
    mutate: (objects) =>
      edit(objects, workload, inPods('volumes.*'), (value) => ({
        ...(value as Data),
        ...('emptyDir' in (value as Data) ? { hostPath: { path: '/data' } } : { emptyDir: {} }),
      })),
  },
  {
    id: 'mode written without its zero',
    family: 'api server',
    expects: ['volume-refused'],
    mutate: (objects) =>
      edit(objects, workload, inPods('volumes.*.configMap', 'volumes.*.secret'), (value) => ({
        ...(value as Data),
        defaultMode: 644,
      })),
  },
  {
    id: 'variable of a value and a source',
    family: 'api server',
    expects: ['source-refused'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('env.*'), (value) =>
        'valueFrom' in (value as Data) ? { ...(value as Data), value: 'both' } : skip,
      ),
  },
  {
    id: 'Recreate that rolls',
    family: 'api server',
    expects: ['workload-refused'],
    mutate: (objects) =>
      edit(objects, kind('Deployment'), ['spec'], (value) => ({
        ...(value as Data),
        strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } },
      })),
  },
  {
    id: 'rollout that can replace nothing',
    family: 'api server',
    expects: ['workload-refused'],
    mutate: (objects) =>
      edit(objects, kind('Deployment'), ['spec'], (value) => ({
        ...(value as Data),
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
      })),
  },
  {
    id: 'selector that is empty',
    family: 'api server',
    expects: ['workload-refused'],
    mutate: (objects) => edit(objects, server, ['spec.selector'], () => ({})),
  },
  {
    id: 'node port of a cluster address',
    family: 'api server',
    expects: ['service-refused'],
    mutate: (objects) =>
      edit(
        objects,
        (object) => object.kind === 'Service' && (object.spec as Data).type === undefined,
        ['spec.ports.*'],
        (value) => ({ ...(value as Data), nodePort: 30123 }),
      ),
  },
  {
    id: 'node port without an address',
    family: 'api server',
    expects: ['service-refused'],
    mutate: (objects) =>
      edit(objects, kind('Service'), ['spec'], (value) => ({
        ...(value as Data),
        type: 'NodePort',
        clusterIP: 'None',
      })),
  },
  {
    id: 'path of an Ingress that is none',
    family: 'api server',
    expects: ['ingress-refused'],
    mutate: (objects) =>
      edit(objects, kind('Ingress'), ['spec.rules.*.http.paths.*.path'], (value) => `x${value}`),
  },
  {
    id: 'host of an Ingress with its scheme',
    family: 'api server',
    expects: ['ingress-refused'],
    mutate: (objects) => edit(objects, kind('Ingress'), ['spec.rules.*.host'], (value) => `https://${value}`),
  },
  {
    id: 'peer that is nobody',
    family: 'api server',
    expects: ['policy-refused'],
    mutate: (objects) =>
      edit(objects, kind('NetworkPolicy'), ['spec.ingress.*.from.*', 'spec.egress.*.to.*'], () => ({})),
  },
  {
    id: 'budget of both kinds',
    family: 'api server',
    expects: ['scaling-refused'],
    mutate: (objects) =>
      edit(objects, kind('PodDisruptionBudget'), ['spec'], (value) => ({
        minAvailable: 1,
        maxUnavailable: 1,
        ...(value as Data),
      })),
  },
  {
    id: 'metric with an amount of another kind',
    family: 'api server',
    expects: ['scaling-refused'],
    mutate: (objects) =>
      edit(objects, kind('HorizontalPodAutoscaler'), ['spec.metrics.*.resource.target'], () => ({
        type: 'Value',
        value: '70',
      })),
  },
];
