import { held, outOfShape, refused, wrongAmount } from '../api-server/refused.ts';
import { containerResource } from '../api-server/resources.ts';
import { own } from '../own.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { readQuantity } from '../room/quantity.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Problem, Rule } from './rule.ts';

interface Target {
  readonly type?: string;
  readonly value?: unknown;
  readonly averageValue?: unknown;
  readonly averageUtilization?: number;
}

interface Metric {
  readonly type: string;
  readonly [source: string]: unknown;
}

/** Which amounts the target of a metric may have, by the kind of its source: one of them, where there are several. */
const amountsOf: Readonly<Record<string, readonly string[]>> = {
  resource: ['averageUtilization', 'averageValue'],
  containerResource: ['averageUtilization', 'averageValue'],
  pods: ['averageValue'],
  object: ['value', 'averageValue'],
  external: ['value', 'averageValue'],
};

/** Which field goes with the type of a target. */
const fieldOfType: Readonly<Record<string, string>> = {
  Utilization: 'averageUtilization',
  AverageValue: 'averageValue',
  Value: 'value',
};

function* inTarget(
  object: KubernetesObject,
  path: string,
  source: string,
  target: Target,
): Iterable<Problem> {
  const choice = own(amountsOf, source) ?? [];
  const amounts = held(target, ['averageUtilization', 'averageValue', 'value']);
  const right = amounts.filter((amount) => choice.includes(amount));
  if (right.length === 0)
    yield refused(object, path, `the target of a metric of type ${source} needs ${choice.join(' or ')}`);
  // An object's metric may have both.
  if (right.length > 1 && source !== 'object')
    yield refused(object, `${path}.${right[1]}`, `the target has ${right.join(' and ')}, and may have one`);
  if ((target.averageUtilization ?? 1) < 1)
    yield refused(object, `${path}.averageUtilization`, 'averageUtilization must be above 0');
  for (const field of ['value', 'averageValue'] as const) {
    if (target[field] === undefined) continue;
    const value = readQuantity(target[field]);
    if (value === undefined || value <= 0)
      yield refused(
        object,
        `${path}.${field}`,
        `${field} ${String(target[field])} is ${value === undefined ? 'no quantity' : 'not above 0'}`,
      );
  }
  const { type = '' } = target;
  const wanted = own(fieldOfType, type);
  if (wanted === undefined)
    yield refused(
      object,
      `${path}.type`,
      `there is no type ${type} of targets${didYouMean(type, Object.keys(fieldOfType))}`,
    );
  if (right.length === 1 && wanted !== undefined && wanted !== right[0] && choice.includes(wanted))
    yield {
      object,
      path: `${path}.type`,
      severity: 'warning',
      message: `the target's type is ${type} and its amount is ${right[0]}: the amount counts, and the next reader is misled`,
    };
}

function* inMetrics(object: KubernetesObject, metrics: readonly Metric[]): Iterable<Problem> {
  for (const [index, metric] of metrics.entries()) {
    const path = `spec.metrics[${index}]`;
    const sources = held(metric, Object.keys(amountsOf));
    const wanted = metric.type.charAt(0).toLowerCase() + metric.type.slice(1);
    if (!Object.hasOwn(amountsOf, wanted)) {
      yield refused(object, `${path}.type`, `there is no type ${metric.type} of metrics`);
      continue;
    }
    if (!sources.includes(wanted))
      yield refused(object, path, `a metric of type ${metric.type} must have ${wanted}`);
    for (const other of sources.filter((source) => source !== wanted))
      yield refused(object, `${path}.${other}`, `a metric of type ${metric.type} may not have ${other}`);
    const source = metric[wanted] as { readonly target?: Target; readonly name?: string } | undefined;
    if (source === undefined) continue;
    if (wanted === 'containerResource')
      yield* outOfShape(object, `${path}.${wanted}.name`, 'the resource', source.name, containerResource);
    if (wanted === 'resource' && !source.name)
      yield refused(object, `${path}.resource.name`, 'the metric names no resource');
    yield* inTarget(object, `${path}.${wanted}.target`, wanted, source.target ?? {});
  }
}

interface ScalerSpec {
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly metrics?: readonly Metric[];
  readonly behavior?: Readonly<Record<string, { readonly policies?: readonly unknown[] } | undefined>>;
}

function* inScaler(object: KubernetesObject): Iterable<Problem> {
  const { minReplicas, maxReplicas = 1, metrics = [], behavior = {} } = (object.spec ?? {}) as ScalerSpec;
  if (maxReplicas < 1) yield refused(object, 'spec.maxReplicas', 'maxReplicas must be above 0');
  if ((minReplicas ?? 1) < 1)
    yield refused(
      object,
      'spec.minReplicas',
      'minReplicas must be above 0, but where the alpha feature HPAScaleToZero is on',
    );
  yield* inMetrics(object, metrics);
  for (const [way, rules] of Object.entries(behavior)) {
    if (rules?.policies?.length === 0)
      yield refused(object, `spec.behavior.${way}.policies`, `${way} has an empty list of policies`);
  }
}

const evictions = ['AlwaysAllow', 'IfHealthyBudget'];

interface BudgetSpec {
  readonly unhealthyPodEvictionPolicy?: string;
  readonly minAvailable?: unknown;
  readonly maxUnavailable?: unknown;
}

function* inBudget(object: KubernetesObject): Iterable<Problem> {
  const spec = (object.spec ?? {}) as BudgetSpec;
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined)
    yield refused(object, 'spec.maxUnavailable', 'a budget has minAvailable or maxUnavailable, not both');
  const { unhealthyPodEvictionPolicy: policy } = spec;
  if (policy !== undefined && !evictions.includes(policy))
    yield refused(
      object,
      'spec.unhealthyPodEvictionPolicy',
      `there is no policy ${policy}${didYouMean(policy, evictions)}`,
    );
  for (const field of ['minAvailable', 'maxUnavailable'] as const) {
    const wrong = wrongAmount(spec[field]);
    if (wrong !== undefined)
      yield refused(object, `spec.${field}`, `${field} ${String(spec[field])} ${wrong}`);
  }
}

/** An autoscaler or a disruption budget is put together in a way that the API server does not take. */
export const scalingRefused: Rule = {
  id: 'scaling-refused',
  severity: 'error',
  family: 'api server',
  title: 'an autoscaler or a disruption budget has metrics or amounts that it may not have',
  *check({ model }) {
    for (const { object } of model.scalers)
      if (object.apiVersion === 'autoscaling/v2') yield* inScaler(object);
    for (const { object } of model.budgets) yield* inBudget(object);
  },
};
