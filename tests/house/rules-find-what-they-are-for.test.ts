import type { KubernetesObject } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kindTarget, productionTarget } from './fixtures.ts';
import { houseRules } from './rules/index.ts';
import { periodOf } from './rules/jobs.ts';
import { describe, type Rendered } from './violation.ts';

type Change = (object: never) => void;

interface Breach {
  readonly rule: keyof typeof houseRules;
  /** `Kind/name` of the object that is changed. */
  readonly object: string;
  readonly change: Change;
  /** How the one violation begins, or what it holds. */
  readonly told: string;
  readonly production?: boolean;
}

interface Pod {
  containers: Record<string, unknown>[];
  initContainers: Record<string, unknown>[];
  [field: string]: unknown;
}
interface Broken {
  metadata: { labels: Record<string, string>; annotations: Record<string, string>; namespace?: string };
  spec: Record<string, unknown> & {
    template: { metadata: { labels: Record<string, string> }; spec: Pod };
    ports: Record<string, unknown>[];
    hard: Record<string, string>;
    jobTemplate: { spec: Record<string, unknown> };
  };
  [field: string]: unknown;
}

const breach = (
  rule: string,
  object: string,
  change: (object: Broken) => void,
  told: string,
  production = false,
): Breach => ({ rule, object, change: change as unknown as Change, told, production });

const pod = (object: Broken) => object.spec.template.spec;
const first = (object: Broken) => pod(object).containers[0] as Record<string, never>;
const container = 'Deployment api spec.template.spec.containers[0]';

const breaches: readonly Breach[] = [
  breach(
    'an object is labelled with its system, its environment and its workload',
    'NetworkPolicy/to-dns',
    (policy) => delete policy.metadata.labels['app.kubernetes.io/part-of'],
    'NetworkPolicy to-dns metadata.labels: app.kubernetes.io/part-of must be shop',
  ),
  breach(
    'an object is labelled with its system, its environment and its workload',
    'ServiceAccount/api',
    (account) => delete account.metadata.labels['app.kubernetes.io/component'],
    'there is no app.kubernetes.io/component',
  ),
  breach(
    'a selector never holds a label that changes with the place',
    'NetworkPolicy/to-api',
    (policy) => Object.assign(policy.spec, { podSelector: { matchExpressions: [{ key: 'environment' }] } }),
    'NetworkPolicy to-api spec.podSelector: it selects by environment',
  ),
  breach(
    'a selector never holds a label that changes with the place',
    'Service/api',
    (service) => Object.assign(service.spec.selector as object, { 'app.kubernetes.io/instance': 'kind' }),
    'Service api spec.selector: it selects by app.kubernetes.io/instance',
  ),
  breach(
    'a workload selects its pods by name alone',
    'Deployment/api',
    (deployment) => Object.assign(deployment.spec, { selector: { matchLabels: { app: 'api' } } }),
    'Deployment api spec.selector: it must select by app.kubernetes.io/name alone: app',
  ),
  breach(
    'pods carry app, tier and environment',
    'Job/migrate',
    (job) => delete job.spec.template.metadata.labels.tier,
    'Job migrate spec.template.metadata.labels: its pods have no label tier',
  ),
  breach(
    'the ports of containers have names',
    'Deployment/api',
    (deployment) => Object.assign(first(deployment), { ports: [{ containerPort: 8080 }] }),
    `${container}.ports[0]: the port has no name`,
  ),
  breach(
    'probes ask a port by its name',
    'Deployment/api',
    (deployment) => Object.assign(first(deployment), { livenessProbe: { httpGet: { port: 8080 } } }),
    `${container}.livenessProbe: 8080 is no name of the container's ports`,
  ),
  breach(
    'Services lead to a port by its name',
    'Service/api',
    (service) => Object.assign(service.spec.ports[0] ?? {}, { targetPort: 'htpp' }),
    'Service api spec.ports[0].targetPort: Deployment api has no port named htpp',
  ),
  breach(
    'Services lead to a port by its name',
    'Service/api',
    (service) => Object.assign(service.spec.ports[0] ?? {}, { targetPort: 8080 }),
    'Service api spec.ports[0].targetPort: 8080 is no name of a port',
  ),
  breach(
    'Services lead to a port by its name',
    'Service/api',
    (service) => Object.assign(service.spec, { selector: { app: 'other' } }),
    'Service api spec.selector: it selects the pods of no workload',
  ),
  breach(
    'Ingresses lead to a Service by the name of its port',
    'Service/api',
    (service) => Object.assign(service.spec.ports[0] ?? {}, { name: 'web' }),
    "Ingress shop spec.rules[0].http.paths[0].backend: http is no name of the Service's ports",
    true,
  ),
  breach(
    'node ports do not clash',
    'Service/api',
    (service) => {
      service.spec.ports = [{ nodePort: 30000 }, { nodePort: 30000 }];
    },
    "Service api spec.ports[1].nodePort: 30000 is api's already",
  ),
  breach(
    'every container has requests and limits',
    'Job/migrate',
    (job) =>
      Object.assign(pod(job).initContainers[0] ?? {}, { resources: { requests: { cpu: '1', memory: '1' } } }),
    'Job migrate spec.template.spec.initContainers[0].resources.limits: there is no cpu',
  ),
  breach(
    'every long-running container has a liveness and a readiness probe',
    'Deployment/api',
    (deployment) => delete first(deployment).readinessProbe,
    `${container}: there is no readinessProbe`,
  ),
  breach(
    'every long-running container has a liveness and a readiness probe',
    'Deployment/api',
    (deployment) => {
      pod(deployment).initContainers = [
        { ...first(deployment), name: 'beside', restartPolicy: 'Always', livenessProbe: undefined },
      ];
    },
    'Deployment api spec.template.spec.initContainers[0]: there is no livenessProbe',
  ),
  ...(
    [
      ['securityContext', { runAsNonRoot: true, runAsUser: 1000 }, 'seccompProfile must be RuntimeDefault'],
      [
        'securityContext',
        { runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        'runAsNonRoot must be true',
      ],
      [
        'securityContext',
        { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        'runAsUser must be a number above 0',
      ],
      ['hostNetwork', true, 'it must not share the node'],
    ] as const
  ).map(([field, value, told]) =>
    breach(
      'every pod fits the restricted standard',
      'Deployment/api',
      (deployment) => {
        pod(deployment)[field] = value;
      },
      told,
    ),
  ),
  ...(
    [
      [{ allowPrivilegeEscalation: true }, 'allowPrivilegeEscalation must be false'],
      [{ readOnlyRootFilesystem: false }, 'readOnlyRootFilesystem must be true'],
      [{ capabilities: {} }, 'capabilities must drop ALL'],
      [{ capabilities: { drop: ['ALL'], add: ['NET_RAW'] } }, 'capabilities must add none'],
      [{ runAsUser: 0 }, 'runAsUser must be a number above 0'],
    ] as const
  ).map(([change, told]) =>
    breach(
      'every pod fits the restricted standard',
      'Deployment/api',
      (deployment) => {
        Object.assign(first(deployment).securityContext ?? {}, change);
      },
      `${container}.securityContext: ${told}`,
    ),
  ),
  breach(
    'every workload has an account of its own, without a token',
    'Deployment/api',
    (deployment) => delete pod(deployment).serviceAccountName,
    'Deployment api spec.template.spec.serviceAccountName: there is no ServiceAccount named',
  ),
  breach(
    'every workload has an account of its own, without a token',
    'Job/migrate',
    (job) => {
      pod(job).serviceAccountName = 'api';
    },
    "Job migrate spec.template.spec.serviceAccountName: api is Deployment api's already",
  ),
  breach(
    'every workload has an account of its own, without a token',
    'Deployment/api',
    (deployment) => delete pod(deployment).automountServiceAccountToken,
    'spec.template.spec.automountServiceAccountToken: it must be false',
  ),
  breach(
    'every workload has an account of its own, without a token',
    'ServiceAccount/api',
    (account) => delete account.automountServiceAccountToken,
    'ServiceAccount api automountServiceAccountToken: it must be false',
  ),
  breach(
    'every workload has an account of its own, without a token',
    'Deployment/api',
    (deployment) => delete pod(deployment).enableServiceLinks,
    'spec.template.spec.enableServiceLinks: it must be false',
  ),
  breach(
    'an image built here is pulled as the environment has it',
    'Deployment/api',
    (deployment) => Object.assign(first(deployment), { imagePullPolicy: 'IfNotPresent' }),
    `${container}.imagePullPolicy: it must be Never for shop-api, and is IfNotPresent`,
  ),
  breach(
    'an image built here is pulled as the environment has it',
    'Deployment/api',
    (deployment) => delete first(deployment).imagePullPolicy,
    `${container}.imagePullPolicy: it must be IfNotPresent for shop-api, and is not said`,
    true,
  ),
  breach(
    'a Job can be applied twice',
    'Job/migrate',
    (job) => {
      pod(job).volumes = [{ name: 'a', configMap: { name: 'settings-2m9t7gk4c5' } }];
    },
    'Job migrate spec.template.spec.volumes[0].configMap.name: settings-2m9t7gk4c5 is a generated name',
  ),
  breach(
    'a Job can be applied twice',
    'Job/migrate',
    (job) => Object.assign(job.spec, { ttlSecondsAfterFinished: 60 }),
    'Job migrate spec.ttlSecondsAfterFinished',
  ),
  breach(
    'a Job can be applied twice',
    'Job/migrate',
    (job) => delete job.spec.activeDeadlineSeconds,
    'Job migrate spec: there is no activeDeadlineSeconds',
  ),
  breach(
    'a run of a CronJob ends before the next',
    'CronJob/tidy',
    (job) => delete job.spec.timeZone,
    'CronJob tidy spec.timeZone: it must be Etc/UTC',
  ),
  breach(
    'a run of a CronJob ends before the next',
    'CronJob/tidy',
    (job) => Object.assign(job.spec.jobTemplate.spec, { activeDeadlineSeconds: 300 }),
    'CronJob tidy spec.jobTemplate.spec.activeDeadlineSeconds: 300 s is not below the schedule */5 * * * *',
  ),
  breach(
    'a system has one namespace and everything in it',
    'Service/api',
    (service) => {
      service.metadata.namespace = 'default';
    },
    'Service api metadata.namespace: default is not a namespace here',
  ),
  breach(
    'a namespace enforces the restricted standard',
    'Namespace/shop',
    (namespace) =>
      Object.assign(namespace.metadata.labels, { 'pod-security.kubernetes.io/enforce': 'baseline' }),
    'Namespace shop metadata.labels',
  ),
  breach(
    'a namespace denies by default, and leads to DNS',
    'NetworkPolicy/default-deny',
    (policy) => Object.assign(policy.spec, { egress: [{}] }),
    'Namespace shop: it must have one policy that denies all, default-deny, and has 0',
  ),
  breach(
    'a namespace denies by default, and leads to DNS',
    'NetworkPolicy/to-dns',
    (policy) => Object.assign(policy.spec, { podSelector: { matchLabels: { app: 'api' } } }),
    'Namespace shop: it must have one policy of all pods to dns, to-dns, and has 0',
  ),
  breach(
    'production keeps its namespaces and claims',
    'PersistentVolumeClaim/data',
    (claim) =>
      Object.assign(claim.metadata.annotations, { 'argocd.argoproj.io/sync-options': 'Prune=false' }),
    'PersistentVolumeClaim data metadata.annotations',
    true,
  ),
  breach(
    'a namespace has a ResourceQuota and a LimitRange',
    'LimitRange/limits',
    (range) => {
      range.metadata.namespace = 'elsewhere';
    },
    'Namespace shop: it must have one LimitRange, and has 0',
  ),
  // Two replicas, one more while they roll, the Job and the CronJob: five pods.
  breach(
    'the ResourceQuota admits what the namespace holds',
    'ResourceQuota/quota',
    (quota) => Object.assign(quota.spec.hard, { pods: '4' }),
    'ResourceQuota quota spec.hard["pods"]: the namespace uses 5 while every Deployment rolls, and the quota is 4',
  ),
  // Four at the most of the autoscaler, the Job and the CronJob.
  breach(
    'the ResourceQuota admits what the namespace holds',
    'ResourceQuota/quota',
    (quota) => Object.assign(quota.spec.hard, { 'requests.cpu': '550m' }),
    'spec.hard["requests.cpu"]: the namespace uses 0.6 scaled to the most, and the quota is 550m',
    true,
  ),
  breach(
    'the ResourceQuota admits what the namespace holds',
    'ResourceQuota/quota',
    (quota) => Object.assign(quota.spec.hard, { 'requests.storage': '512Mi', persistentvolumeclaims: '0' }),
    'spec.hard["requests.storage"]: the namespace uses 1Gi scaled to the most, and the quota is 512Mi',
  ),
  breach(
    'the LimitRange admits each container',
    'Deployment/api',
    (deployment) => Object.assign(first(deployment).resources ?? {}, { limits: { cpu: '3', memory: '1Mi' } }),
    `${container}.resources.limits: 3 of cpu is more than the LimitRange admits, 2`,
  ),
];

const told = (rule: string, rendered: Rendered) => (houseRules[rule]?.(rendered) ?? []).map(describe);

function broken({ object, change, production }: Breach): Rendered {
  const rendered = structuredClone(production ? productionTarget : kindTarget);
  const [kind, name] = object.split('/');
  const found = rendered.objects.find(
    (one: KubernetesObject) => one.kind === kind && one.metadata.name === name,
  );
  if (found === undefined) throw new Error(`the fixture has no ${object}`);
  change(found as never);
  return rendered;
}

for (const one of breaches) {
  test(`${one.rule}: ${one.told}`, () => {
    const found = told(one.rule, broken(one));
    assert.ok(
      found.some((text) => text.includes(one.told)),
      found.join('\n') || 'nothing was found',
    );
  });
}

for (const target of [kindTarget, productionTarget]) {
  test(`nothing is wrong with the fixture in ${target.environment.name}`, () => {
    assert.equal(
      Object.keys(houseRules).flatMap((rule) => told(rule, target)),
      [],
    );
  });
}

test('every rule is broken by one example at least', () => {
  const tried = new Set(breaches.map(({ rule }) => rule));
  assert.equal(
    Object.keys(houseRules).filter((rule) => !tried.has(rule)),
    [],
  );
});

test('the time between runs is read from a schedule', () => {
  assert.equal(
    ['* * * * *', '*/5 * * * *', '7 * * * *', '0 */6 * * *', '0 0 * * *', '0 0 * * 1', 'a'].map(periodOf),
    [60, 300, 3600, 21_600, 86_400, undefined, undefined],
  );
});

test.run();
