import { amountOf, outOfShape, refused, wrongAmount } from '../api-server/refused.ts';
import { labelKey, portNumber } from '../api-server/shapes.ts';
import { joinPath, type Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

interface Strategy {
  readonly type?: string;
  readonly rollingUpdate?: { readonly maxSurge?: unknown; readonly maxUnavailable?: unknown } | null;
}

interface Spec {
  readonly replicas?: number;
  readonly minReadySeconds?: number;
  readonly progressDeadlineSeconds?: number;
  readonly selector?: { readonly matchLabels?: object; readonly matchExpressions?: readonly unknown[] };
  readonly strategy?: Strategy;
  readonly updateStrategy?: Strategy;
}

const isNothing = (value: unknown): boolean => amountOf(value)?.number === 0;

function* inStrategy(
  object: KubernetesObject,
  path: string,
  { type, rollingUpdate }: Strategy,
): Iterable<Problem> {
  if (!rollingUpdate) return;
  const at = `${path}.rollingUpdate`;
  if (type !== undefined && type !== 'RollingUpdate') {
    yield refused(object, at, `${path}.type is ${type}, and rollingUpdate goes with RollingUpdate alone`);
    return;
  }
  const { maxSurge, maxUnavailable } = rollingUpdate;
  for (const [field, value] of [
    ['maxSurge', maxSurge],
    ['maxUnavailable', maxUnavailable],
  ] as const) {
    const wrong = wrongAmount(value);
    // More than all pods at once may be there too many, as a percentage of a Deployment's.
    if (
      wrong !== undefined &&
      !(field === 'maxSurge' && object.kind === 'Deployment' && wrong.includes('100%'))
    )
      yield refused(object, `${at}.${field}`, `${field} ${String(value)} ${wrong}`);
  }
  if (object.kind === 'Deployment' && isNothing(maxSurge) && isNothing(maxUnavailable))
    yield refused(
      object,
      `${at}.maxUnavailable`,
      'maxSurge and maxUnavailable are both 0, so that no pod could ever be replaced',
    );
  if (object.kind === 'DaemonSet') {
    const surges = maxSurge !== undefined && !isNothing(maxSurge);
    if (surges && !isNothing(maxUnavailable))
      yield refused(
        object,
        `${at}.maxSurge`,
        'a DaemonSet surges or has pods unavailable, not both: maxUnavailable must be 0 (its default is 1)',
      );
    if (!surges && isNothing(maxUnavailable))
      yield refused(
        object,
        `${at}.maxUnavailable`,
        'maxSurge and maxUnavailable are both 0, so that no pod could ever be replaced',
      );
  }
  if (object.kind === 'StatefulSet' && isNothing(maxUnavailable))
    yield refused(
      object,
      `${at}.maxUnavailable`,
      'maxUnavailable is 0, so that no pod could ever be replaced',
    );
}

function* inServer({ object, pod, templatePath }: Workload): Iterable<Problem> {
  const spec = (object.spec ?? {}) as Spec;
  for (const field of [
    'replicas',
    'minReadySeconds',
    'progressDeadlineSeconds',
    'revisionHistoryLimit',
  ] as const) {
    const value = (spec as Readonly<Record<string, unknown>>)[field];
    if (typeof value === 'number' && value < 0) yield refused(object, `spec.${field}`, `${field} is below 0`);
  }
  const { selector } = spec;
  // A ReplicationController's is a plain map, and by default its pods' labels.
  if (
    object.kind !== 'ReplicationController' &&
    selector &&
    Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0
  )
    yield refused(
      object,
      'spec.selector',
      'the selector is empty, and would take every pod of the namespace',
    );
  if (spec.strategy) yield* inStrategy(object, 'spec.strategy', spec.strategy);
  if (spec.updateStrategy) yield* inStrategy(object, 'spec.updateStrategy', spec.updateStrategy);
  const { minReadySeconds = 0, progressDeadlineSeconds = 600 } = spec;
  if (object.kind === 'Deployment' && progressDeadlineSeconds <= minReadySeconds) {
    const field = spec.progressDeadlineSeconds === undefined ? 'minReadySeconds' : 'progressDeadlineSeconds';
    yield refused(
      object,
      `spec.${field}`,
      `a pod counts as available after ${minReadySeconds} s, and the rollout is given up after ${progressDeadlineSeconds} s: the second must be more`,
    );
  }
  if (pod.activeDeadlineSeconds !== undefined)
    yield refused(
      object,
      joinPath(templatePath, 'spec.activeDeadlineSeconds'),
      `a ${object.kind} runs for ever, so its pods have no deadline`,
    );
}

function* inJob(workload: Workload): Iterable<Problem> {
  const { object, templatePath } = workload;
  const path = templatePath.replace(/\.template$/, '');
  let job: unknown = object;
  for (const step of path.split('.')) job = (job as Readonly<Record<string, unknown>> | undefined)?.[step];
  const spec = (job ?? {}) as Readonly<Record<string, unknown>>;
  for (const field of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
  ]) {
    const value = spec[field];
    if (typeof value === 'number' && value < 0)
      yield refused(object, `${path}.${field}`, `${field} is below 0`);
  }
  const { startingDeadlineSeconds: start } = (object.spec ?? {}) as {
    readonly startingDeadlineSeconds?: number;
  };
  if (object.kind === 'CronJob' && (start ?? 0) < 0)
    yield refused(object, 'spec.startingDeadlineSeconds', 'startingDeadlineSeconds is below 0');
  for (const field of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit']) {
    const kept = (object.spec as Readonly<Record<string, unknown>> | undefined)?.[field];
    if (object.kind === 'CronJob' && typeof kept === 'number' && kept < 0)
      yield refused(object, `spec.${field}`, `${field} is below 0`);
  }
  yield* inPodFailurePolicy(workload, path, spec.podFailurePolicy as PodFailurePolicy | undefined);
  const indexed = spec.completionMode === 'Indexed';
  if (indexed && spec.completions === undefined)
    yield refused(object, path, 'an Indexed Job must say its completions');
  for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy']) {
    if (!indexed && spec[field] !== undefined)
      yield refused(object, `${path}.${field}`, `${field} goes with completionMode Indexed alone`);
  }
  if (object.kind === 'Job' && spec.selector !== undefined && spec.manualSelector !== true)
    yield refused(
      object,
      `${path}.selector`,
      'a Job gets its selector from the API server, unless manualSelector is true',
    );
}

interface PodFailurePolicy {
  readonly rules?: readonly {
    readonly onExitCodes?: {
      readonly containerName?: string;
      readonly operator?: string;
      readonly values?: readonly number[];
    } | null;
    readonly onPodConditions?: readonly unknown[] | null;
  }[];
}

/** Source: k8s.io/kubernetes, `pkg/apis/batch/validation/validation.go`, validatePodFailurePolicy. */
function* inPodFailurePolicy(
  { object, pod, templatePath, containers }: Workload,
  path: string,
  policy: PodFailurePolicy | undefined,
): Iterable<Problem> {
  if (!policy) return;
  if (pod.restartPolicy !== undefined && pod.restartPolicy !== 'Never')
    yield refused(
      object,
      joinPath(templatePath, 'spec.restartPolicy'),
      `podFailurePolicy judges pods that failed, and with restartPolicy ${pod.restartPolicy} they start again instead: it must be Never`,
    );
  const names = containers.map(({ name }) => name);
  for (const [index, { onExitCodes, onPodConditions }] of (policy.rules ?? []).entries()) {
    const at = `${path}.podFailurePolicy.rules[${index}]`;
    if (onExitCodes && (onPodConditions ?? []).length > 0)
      yield refused(object, at, 'a rule goes by exit codes or by conditions, not by both');
    if (!onExitCodes) continue;
    const { containerName, operator, values = [] } = onExitCodes;
    if (containerName && !names.includes(containerName))
      yield refused(
        object,
        `${at}.onExitCodes.containerName`,
        `the pod has no container ${containerName}${didYouMean(containerName, names)}`,
      );
    if (operator === 'In' && values.includes(0))
      yield refused(object, `${at}.onExitCodes.values`, 'the exit code 0 is no failure');
  }
}

function* inPod({ object, pod, templatePath, containers }: Workload): Iterable<Problem> {
  const path = joinPath(templatePath, 'spec');
  if (pod.containers.length === 0) yield refused(object, path, 'the pod has no containers');
  const taken = new Map<string, string>();
  for (const { name, spec, path: at, role } of containers) {
    if (!spec.image) yield refused(object, `${at}.image`, `container ${name} has no image`);
    for (const [index, { containerPort, hostPort, hostIP = '', protocol = 'TCP' }] of (
      spec.ports ?? []
    ).entries()) {
      const where = `${at}.ports[${index}]`;
      const wrong = portNumber(containerPort);
      if (wrong !== undefined)
        yield refused(object, `${where}.containerPort`, `the port ${containerPort} ${wrong}`);
      if (!hostPort) continue;
      if (pod.hostNetwork === true && hostPort !== containerPort)
        yield refused(
          object,
          `${where}.hostPort`,
          `with hostNetwork, hostPort ${hostPort} must be containerPort, ${containerPort}`,
        );
      const key = `${hostIP} ${hostPort} ${protocol}`;
      const first = taken.get(key);
      // InitContainers run one after the other.
      if (role === 'init') continue;
      if (first !== undefined)
        yield refused(
          object,
          `${where}.hostPort`,
          `port ${hostPort} of the node is taken at ${first} already`,
        );
      taken.set(key, where);
    }
  }
  yield* inSecurity(object, `${path}.securityContext`, pod.securityContext);
  for (const { spec, path: at } of containers)
    yield* inSecurity(object, `${at}.securityContext`, spec.securityContext);
  yield* inAffinity(object, `${path}.affinity`, pod.affinity);
  yield* inSpread(object, path, pod.topologySpreadConstraints ?? []);
  for (const [index, { key = '', operator = 'Equal', value = '', effect, tolerationSeconds }] of (
    pod.tolerations ?? []
  ).entries()) {
    const at = `${path}.tolerations[${index}]`;
    if (key === '' && operator !== 'Exists')
      yield refused(object, at, 'a toleration of every key must have the operator Exists');
    if (operator === 'Exists' && value !== '')
      yield refused(object, `${at}.value`, 'with the operator Exists there is no value');
    if (tolerationSeconds !== undefined && effect !== 'NoExecute')
      yield refused(
        object,
        `${at}.tolerationSeconds`,
        'tolerationSeconds goes with the effect NoExecute alone',
      );
  }
}

interface Context {
  readonly runAsUser?: number | undefined;
  readonly runAsGroup?: number | undefined;
  readonly fsGroup?: number | undefined;
}

function* inSecurity(object: KubernetesObject, path: string, context: Context = {}): Iterable<Problem> {
  for (const field of ['runAsUser', 'runAsGroup', 'fsGroup'] as const) {
    const id = context[field];
    if (id !== undefined && (id < 0 || id > 0x7fff_ffff))
      yield refused(object, `${path}.${field}`, `${field} ${id} must lie between 0 and 2147483647`);
  }
}

/** How pods are placed beside others: keys of nodes' labels, and weights. */
function* inAffinity(object: KubernetesObject, path: string, value: unknown): Iterable<Problem> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    if (key === 'topologyKey') yield* outOfShape(object, at, 'the topologyKey', item, labelKey);
    else if (key === 'weight' && (typeof item !== 'number' || item < 1 || item > 100))
      yield refused(object, at, `the weight ${item} must lie between 1 and 100`);
    else if (!/^(?:labelS|namespaceS|matchL|matchE)/.test(key)) yield* inAffinity(object, at, item);
  }
}

interface Constraint {
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
  readonly maxSkew: number;
  readonly minDomains?: number | undefined;
}

function* inSpread(
  object: KubernetesObject,
  path: string,
  constraints: readonly Constraint[],
): Iterable<Problem> {
  const seen = new Set<string>();
  for (const [index, { topologyKey, whenUnsatisfiable, maxSkew, minDomains }] of constraints.entries()) {
    const at = `${path}.topologySpreadConstraints[${index}]`;
    if (topologyKey === '') yield refused(object, `${at}.topologyKey`, 'the topologyKey is empty');
    if (maxSkew <= 0) yield refused(object, `${at}.maxSkew`, `maxSkew is ${maxSkew} and must be above 0`);
    if (minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule')
      yield refused(object, `${at}.minDomains`, 'minDomains goes with whenUnsatisfiable DoNotSchedule alone');
    const key = `${topologyKey} ${whenUnsatisfiable}`;
    if (seen.has(key))
      yield refused(object, at, `pods are spread over ${topologyKey} with ${whenUnsatisfiable} twice`);
    seen.add(key);
  }
}

/** A workload's own settings contradict each other. */
export const workloadRefused: Rule = {
  id: 'workload-refused',
  severity: 'error',
  family: 'api server',
  title: 'settings of a workload, a Job or a pod contradict each other',
  *check({ model }) {
    for (const workload of model.workloads) {
      yield* inPod(workload);
      if (workload.kind === 'Job' || workload.kind === 'CronJob') yield* inJob(workload);
      else if (workload.kind !== 'Pod') yield* inServer(workload);
    }
  },
};
