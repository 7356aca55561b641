import type { KubernetesObject } from '@plumbline/validators';
import { type Data, edit, end, inContainers, inPods, type Operator, remove, skip, typo } from './mutant.ts';

const kind =
  (...kinds: string[]) =>
  (object: KubernetesObject) =>
    kinds.includes(object.kind);
const workload = kind('Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob');
const server = kind('Deployment', 'StatefulSet', 'DaemonSet');
const mistyped = (value: unknown) => typo(String(value));
const anyEnd = (objects: readonly KubernetesObject[]) => () => objects.map(end);

/** Users of an object by its name: whoever has the name in its text. */
function users(objects: readonly KubernetesObject[], name: string): string[] {
  return objects.filter((object) => JSON.stringify(object).includes(`"${name}"`)).map(end);
}

/** An address in a text with its host mistyped, or its port moved; skip where there is none of a Service. */
function brokenAddress(objects: readonly KubernetesObject[], part: 'host' | 'port') {
  const services = objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name);
  return (value: unknown): unknown => {
    if (typeof value !== 'string') return skip;
    for (const name of services.sort((a, b) => b.length - a.length)) {
      const found = new RegExp(`(^|[^\\w.-])(${name})((?:\\.[a-z0-9-]+)*)([: ])(\\d{2,5})(?!\\d)`).exec(
        value,
      );
      if (found === null) continue;
      const [whole, before = '', host = '', rest = '', separator = ':', port = ''] = found;
      const wrong =
        part === 'host'
          ? `${before}${typo(host)}${rest}${separator}${port}`
          : `${before}${host}${rest}${separator}${Number(port) + 1}`;
      return value.replace(whole, wrong);
    }
    return skip;
  };
}

/** A policy that an object may be without: it says so itself, by an allowance. */
function isOptional(object: KubernetesObject): boolean {
  return Object.keys(object.metadata.annotations ?? {}).some((key) => key.startsWith('allow.plumbline.dev/'));
}

const policy = (object: KubernetesObject) => object.kind === 'NetworkPolicy' && !isOptional(object);

/** True when a Service, a probe, a policy or a monitor refers to a port by this name. */
function referred(objects: readonly KubernetesObject[], name: string): boolean {
  return new RegExp(`"(?:targetPort|port)":"${name}"`).test(JSON.stringify(objects));
}

/** Names of the headless Services that a StatefulSet needs, and of those that are not headless. */
function needed(objects: readonly KubernetesObject[]): Set<string> {
  return new Set(objects.filter(kind('StatefulSet')).map(({ spec }) => String((spec as Data).serviceName)));
}

/** Every kind of defect, by family. */
export const operators: readonly Operator[] = [
  {
    id: 'configuration name mistyped',
    family: 'references',
    expects: ['configuration-missing'],
    mutate: (objects) =>
      edit(
        objects,
        workload,
        [
          ...inContainers(
            'env.*.valueFrom.configMapKeyRef.name',
            'env.*.valueFrom.secretKeyRef.name',
            'envFrom.*.configMapRef.name',
            'envFrom.*.secretRef.name',
          ),
          ...inPods(
            'volumes.*.configMap.name',
            'volumes.*.secret.secretName',
            'volumes.*.projected.sources.*.secret.name',
          ),
        ],
        (value, _object, place) => ((place.parent as Data).optional === true ? skip : mistyped(value)),
      ),
  },
  {
    id: 'key mistyped',
    family: 'references',
    expects: ['key-missing'],
    mutate: (objects) =>
      edit(
        objects,
        workload,
        [
          ...inContainers('env.*.valueFrom.configMapKeyRef.key', 'env.*.valueFrom.secretKeyRef.key'),
          ...inPods('volumes.*.configMap.items.*.key', 'volumes.*.secret.items.*.key'),
        ],
        (value, _object, place) => ((place.parent as Data).optional === true ? skip : mistyped(value)),
      ),
  },
  {
    id: 'ConfigMap or Secret removed',
    family: 'references',
    expects: ['configuration-missing'],
    mutate: (objects) =>
      remove(objects, kind('ConfigMap', 'Secret', 'ExternalSecret'), ({ metadata }) =>
        users(objects, metadata.name),
      ),
  },
  {
    id: 'claim name mistyped',
    family: 'references',
    expects: ['claim-missing'],
    mutate: (objects) =>
      edit(objects, workload, inPods('volumes.*.persistentVolumeClaim.claimName'), mistyped),
  },
  {
    id: 'claim removed',
    family: 'references',
    expects: ['claim-missing'],
    mutate: (objects) =>
      remove(objects, kind('PersistentVolumeClaim'), ({ metadata }) => users(objects, metadata.name)),
  },
  {
    id: 'ServiceAccount mistyped',
    family: 'references',
    expects: ['service-account-missing'],
    mutate: (objects) => edit(objects, workload, inPods('serviceAccountName'), mistyped),
  },
  {
    id: 'ServiceAccount removed',
    family: 'references',
    expects: ['service-account-missing'],
    mutate: (objects) =>
      remove(objects, kind('ServiceAccount'), ({ metadata }) => users(objects, metadata.name)),
  },
  {
    id: 'mounted volume mistyped',
    family: 'references',
    expects: ['volume-missing'],
    mutate: (objects) => edit(objects, workload, inContainers('volumeMounts.*.name'), mistyped),
  },
  {
    id: 'subPath mistyped',
    family: 'references',
    expects: ['subpath-missing'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('volumeMounts.*.subPath'), (value, object, place) => {
        const mount = place.parent as Data;
        const text = JSON.stringify(object);
        const ofClaim = new RegExp(
          `"name":"${mount.name}","persistentVolumeClaim"|"persistentVolumeClaim":\\{[^}]*\\},"name":"${mount.name}"`,
        );
        const ofTemplate =
          object.kind === 'StatefulSet' &&
          text.includes(`"volumeClaimTemplates":[{"metadata":{"name":"${mount.name}"`);
        return ofClaim.test(text) || ofTemplate || text.includes(`"name":"${mount.name}","emptyDir"`)
          ? skip
          : mistyped(value);
      }),
  },
  {
    id: 'Service selector mistyped',
    family: 'services',
    expects: ['service-without-pods'],
    mutate: (objects) =>
      edit(objects, kind('Service'), ['spec.selector.*'], (value, _object, place) =>
        place.key === 'apps.kubernetes.io/pod-index' || place.key === 'statefulset.kubernetes.io/pod-name'
          ? skip
          : mistyped(value),
      ),
  },
  {
    id: 'pod label mistyped',
    family: 'services',
    expects: ['selector-mismatch'],
    mutate: (objects) =>
      edit(objects, server, ['spec.template.metadata.labels.[app.kubernetes.io/name]'], mistyped),
  },
  {
    id: 'workload selector mistyped',
    family: 'services',
    expects: ['selector-mismatch'],
    mutate: (objects) => edit(objects, server, ['spec.selector.matchLabels.*'], mistyped),
  },
  {
    id: 'target port mistyped',
    family: 'services',
    expects: ['service-port-unknown'],
    mutate: (objects) =>
      edit(objects, kind('Service'), ['spec.ports.*.targetPort'], (value) =>
        typeof value === 'number' ? value + 1 : mistyped(value),
      ),
  },
  {
    id: 'Service port for another protocol',
    family: 'services',
    expects: ['service-port-unknown'],
    mutate: (objects) =>
      edit(objects, kind('Service'), ['spec.ports.*'], (value) => ({ ...(value as Data), protocol: 'UDP' })),
  },
  {
    id: 'container port renamed',
    family: 'services',
    expects: [
      'service-port-unknown',
      'probe-port-missing',
      'policy-selects-nothing',
      'monitor-selects-nothing',
    ],
    mutate: (objects) =>
      edit(
        objects,
        server,
        ['spec.template.spec.containers.*.ports.*.name'],
        // A name that nothing refers to may be any.
        (value) =>
          JSON.stringify(objects).split(`"${value}"`).length > 2 && referred(objects, String(value))
            ? mistyped(value)
            : skip,
        anyEnd(objects),
      ),
  },
  {
    id: 'Service removed',
    family: 'services',
    expects: [
      'address-without-service',
      'headless-service-missing',
      'ingress-backend-missing',
      'monitor-selects-nothing',
      'fact',
    ],
    mutate: (objects) => remove(objects, kind('Service'), () => objects.map(end)),
  },
  {
    id: 'serviceName mistyped',
    family: 'services',
    expects: ['headless-service-missing'],
    mutate: (objects) => edit(objects, kind('StatefulSet'), ['spec.serviceName'], mistyped),
  },
  {
    id: 'headless Service given an address',
    family: 'services',
    expects: ['headless-service-missing'],
    mutate: (objects) =>
      edit(
        objects,
        (object) => object.kind === 'Service' && needed(objects).has(object.metadata.name),
        ['spec.clusterIP'],
        (value) => (value === 'None' ? undefined : skip),
      ),
  },
  {
    id: 'node port out of range',
    family: 'services',
    expects: ['not-offered'],
    mutate: (objects) => edit(objects, kind('Service'), ['spec.ports.*.nodePort'], () => 29999),
  },
  {
    id: 'Ingress backend mistyped',
    family: 'services',
    expects: ['ingress-backend-missing'],
    mutate: (objects) =>
      edit(
        objects,
        kind('Ingress'),
        [
          'spec.rules.*.http.paths.*.backend.service.name',
          'spec.rules.*.http.paths.*.backend.service.port.name',
        ],
        mistyped,
      ),
  },
  {
    id: 'Ingress certificate mistyped',
    family: 'services',
    expects: ['tls-secret-missing'],
    mutate: (objects) =>
      edit(objects, kind('Ingress'), ['spec.tls.*.secretName', 'spec.tls.*.hosts.*'], mistyped),
  },
  {
    id: 'address: host mistyped',
    family: 'flows',
    expects: ['address-without-service'],
    mutate: (objects) =>
      edit(
        objects,
        (object) => workload(object) || object.kind === 'ConfigMap',
        [...inContainers('env.*.value', 'command.*', 'args.*'), 'data.*'],
        brokenAddress(objects, 'host'),
        anyEnd(objects),
      ),
  },
  {
    id: 'address: port moved',
    family: 'flows',
    expects: ['address-port-closed'],
    mutate: (objects) =>
      edit(
        objects,
        (object) => workload(object) || object.kind === 'ConfigMap',
        [...inContainers('env.*.value', 'command.*', 'args.*'), 'data.*'],
        brokenAddress(objects, 'port'),
        anyEnd(objects),
      ),
  },
  {
    id: 'host variable mistyped',
    family: 'flows',
    expects: ['address-without-service'],
    mutate: (objects) => {
      const names = objects.filter(kind('Service')).map(({ metadata }) => metadata.name);
      return edit(
        objects,
        (object) => workload(object) || object.kind === 'ConfigMap',
        [...inContainers('env.*.value'), 'data.*'],
        (value) => (names.includes(String(value)) ? mistyped(value) : skip),
        anyEnd(objects),
      );
    },
  },
  {
    id: 'Service port moved',
    family: 'flows',
    expects: ['address-port-closed', 'ingress-backend-missing', 'fact'],
    mutate: (objects) =>
      // The port of a headless Service is for DNS records alone: clients reach the pods themselves.
      edit(
        objects,
        (object) => object.kind === 'Service' && (object.spec as Data).clusterIP !== 'None',
        ['spec.ports.*.port'],
        (value) => Number(value) + 1,
        anyEnd(objects),
      ),
  },
  {
    id: 'policy removed',
    family: 'flows',
    expects: ['flow-cut', 'dns-cut', 'namespace-open', 'entry-cut', 'scrape-cut', 'peers-cut'],
    mutate: (objects) => remove(objects, policy, () => objects.map(end)),
  },
  {
    id: 'policy selector mistyped',
    family: 'flows',
    expects: ['policy-selects-nothing', 'flow-cut', 'dns-cut', 'entry-cut', 'scrape-cut', 'peers-cut'],
    mutate: (objects) =>
      edit(
        objects,
        policy,
        [
          'spec.podSelector.matchLabels.*',
          'spec.podSelector.matchExpressions.*.values.*',
          'spec.ingress.*.from.*.podSelector.matchLabels.*',
          'spec.ingress.*.from.*.podSelector.matchExpressions.*.values.*',
          'spec.egress.*.to.*.podSelector.matchLabels.*',
          'spec.egress.*.to.*.podSelector.matchExpressions.*.values.*',
        ],
        mistyped,
        anyEnd(objects),
      ),
  },
  {
    id: 'policy peer in a wrong namespace',
    family: 'flows',
    expects: ['peer-elsewhere', 'dns-cut', 'flow-cut', 'entry-cut', 'scrape-cut', 'peers-cut'],
    mutate: (objects) =>
      edit(
        objects,
        policy,
        [
          'spec.ingress.*.from.*.namespaceSelector.matchLabels.*',
          'spec.egress.*.to.*.namespaceSelector.matchLabels.*',
        ],
        mistyped,
        anyEnd(objects),
      ),
  },
  {
    id: 'policy port moved',
    family: 'flows',
    expects: ['policy-selects-nothing', 'flow-cut', 'dns-cut', 'entry-cut', 'scrape-cut', 'peers-cut'],
    mutate: (objects) =>
      edit(
        objects,
        policy,
        ['spec.ingress.*.ports.*.port', 'spec.egress.*.ports.*.port'],
        (value) => (typeof value === 'number' ? value + 1 : mistyped(value)),
        anyEnd(objects),
      ),
  },
  {
    id: 'probe port moved',
    family: 'probes',
    expects: ['probe-port-missing'],
    mutate: (objects) =>
      edit(
        objects,
        workload,
        inContainers(
          ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) => [
            `${probe}.httpGet.port`,
            `${probe}.tcpSocket.port`,
          ]),
        ),
        (value) => (typeof value === 'number' ? value + 1 : mistyped(value)),
      ),
  },
  {
    id: 'grace shorter than preStop',
    family: 'probes',
    expects: ['grace-too-short'],
    mutate: (objects) => edit(objects, server, inContainers('lifecycle.preStop.sleep.seconds'), () => 3600),
  },
  {
    id: 'scale target mistyped',
    family: 'scaling',
    expects: ['scale-target-missing'],
    mutate: (objects) =>
      edit(objects, kind('HorizontalPodAutoscaler'), ['spec.scaleTargetRef.name'], mistyped),
  },
  {
    id: 'least above most',
    family: 'scaling',
    expects: ['scale-bounds'],
    mutate: (objects) => edit(objects, kind('HorizontalPodAutoscaler'), ['spec.minReplicas'], () => 99),
  },
  {
    id: 'replicas under an autoscaler',
    family: 'scaling',
    expects: ['replicas-under-autoscaler'],
    mutate: (objects) => {
      const scaled = objects
        .filter(kind('HorizontalPodAutoscaler'))
        .map(({ spec }) => (spec as { scaleTargetRef: { name: string } }).scaleTargetRef.name);
      return edit(
        objects,
        (object) => object.kind === 'Deployment' && scaled.includes(object.metadata.name),
        ['spec'],
        (spec) => ({
          ...(spec as Data),
          replicas: 2,
        }),
      );
    },
  },
  {
    id: 'scaled container without requests',
    family: 'scaling',
    expects: ['scale-metric-without-request', 'request-missing'],
    mutate: (objects) => {
      const scaled = objects
        .filter(kind('HorizontalPodAutoscaler'))
        .map(({ spec }) => (spec as { scaleTargetRef: { name: string } }).scaleTargetRef.name);
      return edit(
        objects,
        (object) => object.kind === 'Deployment' && scaled.includes(object.metadata.name),
        ['spec.template.spec.containers.*.resources'],
        () => undefined,
        (_value, object) => objects.filter(kind('HorizontalPodAutoscaler')).map(end).concat(end(object)),
      );
    },
  },
  {
    id: 'budget selector mistyped',
    family: 'scaling',
    expects: ['budget-selects-nothing'],
    mutate: (objects) =>
      edit(objects, kind('PodDisruptionBudget'), ['spec.selector.matchLabels.*'], mistyped),
  },
  {
    id: 'budget that blocks',
    family: 'scaling',
    expects: ['budget-blocks-drain'],
    mutate: (objects) => edit(objects, kind('PodDisruptionBudget'), ['spec.maxUnavailable'], () => 0),
  },
  {
    id: 'request above its limit',
    family: 'room',
    expects: ['requests-above-limits'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('resources.requests.*'), (_value, _object, place) =>
        place.key === 'cpu' ? '7' : '15Gi',
      ),
  },
  {
    id: 'pods too large for a node',
    family: 'room',
    expects: ['room', 'pod-fits-no-node'],
    mutate: (objects) =>
      edit(
        objects,
        server,
        ['spec.template.spec.containers.*.resources'],
        () => ({
          requests: { cpu: '90', memory: '500Gi' },
          limits: { cpu: '90', memory: '500Gi' },
        }),
        anyEnd(objects),
      ),
  },
  {
    id: 'storage class mistyped',
    family: 'room',
    expects: ['not-offered'],
    mutate: (objects) =>
      edit(
        objects,
        kind('PersistentVolumeClaim', 'StatefulSet'),
        ['spec.storageClassName', 'spec.volumeClaimTemplates.*.spec.storageClassName'],
        mistyped,
      ),
  },
  {
    id: 'ingress class mistyped',
    family: 'room',
    expects: ['not-offered'],
    mutate: (objects) => edit(objects, kind('Ingress'), ['spec.ingressClassName'], mistyped),
  },
  {
    id: 'pod runs as root',
    family: 'security',
    expects: ['pod-security'],
    mutate: (objects) => edit(objects, workload, inPods('securityContext.runAsUser'), () => 0),
  },
  {
    id: 'runAsNonRoot left out',
    family: 'security',
    expects: ['pod-security'],
    mutate: (objects) => edit(objects, workload, inPods('securityContext.runAsNonRoot'), () => undefined),
  },
  {
    id: 'seccomp left out',
    family: 'security',
    expects: ['pod-security'],
    mutate: (objects) => edit(objects, workload, inPods('securityContext.seccompProfile'), () => undefined),
  },
  {
    id: 'container security left out',
    family: 'security',
    expects: ['pod-security'],
    mutate: (objects) => edit(objects, workload, inContainers('securityContext'), () => undefined),
  },
  {
    id: 'path of the node mounted',
    family: 'security',
    expects: ['pod-security'],
    mutate: (objects) =>
      edit(objects, workload, inPods('volumes.*'), (value) => ({
        name: (value as Data).name,
        hostPath: { path: '/var/lib' },
      })),
  },
  {
    id: 'schedule broken',
    family: 'jobs',
    expects: ['schedule-wrong'],
    mutate: (objects) => edit(objects, kind('CronJob'), ['spec.schedule'], () => '*/5 * * *'),
  },
  {
    id: 'schedule that never fires',
    family: 'jobs',
    expects: ['schedule-wrong'],
    mutate: (objects) => edit(objects, kind('CronJob'), ['spec.schedule'], () => '0 0 31 2 *'),
  },
  {
    id: 'Job that restarts for ever',
    family: 'jobs',
    expects: ['job-restart-policy'],
    mutate: (objects) => edit(objects, kind('Job', 'CronJob'), inPods('restartPolicy'), () => 'Always'),
  },
  {
    id: 'deadline after the next run',
    family: 'jobs',
    expects: ['deadline-after-schedule'],
    mutate: (objects) =>
      edit(
        objects,
        (object) => object.kind === 'CronJob' && String((object.spec as Data).schedule).startsWith('*/'),
        ['spec.jobTemplate.spec.activeDeadlineSeconds'],
        () => 86_400,
      ),
  },
];
