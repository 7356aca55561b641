import type { Model } from '../model/model.ts';
import type { Workload } from '../model/workload.ts';
import { admitted, limitRanges } from '../room/admitted.ts';
import { type MadeClaim, madeClaims } from '../room/claims.ts';
import { eligible, nodesOf } from '../room/nodes.ts';
import { formatBytes, formatCores } from '../room/quantity.ts';
import { claimUse, countsPods, objectUse, podUse, type Quota, readQuota } from '../room/quota.ts';
import type { Context, Problem, Rule } from './rule.ts';
import { surgeOf } from './spread-impossible.ts';

/** What a quota makes every container name. Source: kubernetes, `validationSet` in `pkg/quota/v1/evaluator/core/pods.go`. */
const demanded = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];

function format(resource: string, amount: number): string {
  if (/cpu$/.test(resource)) return formatCores(amount);
  return /memory$|storage$|hugepages/.test(resource) ? formatBytes(amount) : String(amount);
}

/** One user of a quota. */
interface Use {
  readonly name: string;
  readonly workload?: Workload;
  readonly each: number;
  readonly count: number;
  /** Runs for a while only. */
  readonly passing: boolean;
}

function total(uses: readonly Use[]): number {
  return uses.reduce((sum, { each, count }) => sum + each * count, 0);
}

function podsOf(workload: Workload, { environment }: Pick<Context, 'environment'>): number {
  const { kind, object, pod, replicas } = workload;
  if (kind === 'DaemonSet') return environment === undefined ? 1 : eligible(pod, nodesOf(environment)).length;
  const { suspend, completions } = (object.spec ?? {}) as {
    suspend?: boolean;
    completions?: number;
  };
  if (suspend === true) return 0;
  return kind === 'Job' ? Math.min(replicas.min, completions ?? 1) : replicas.min;
}

/** Those of a namespace who may use a quota. */
interface Users {
  readonly counted: readonly (Omit<Use, 'each' | 'workload'> & { readonly workload: Workload })[];
  readonly claimed: readonly MadeClaim[];
}

function usersOf(
  context: Pick<Context, 'model' | 'environment'>,
  quota: Quota,
  claims: readonly MadeClaim[],
): Users {
  const { model } = context;
  return {
    counted: model
      .workloadsIn(quota.namespace)
      .filter((workload) => countsPods(quota, workload, model))
      .map((workload) => ({
        name: `${workload.kind} ${workload.name}`,
        workload,
        count: podsOf(workload, context),
        passing: !workload.serves,
      })),
    claimed: claims.filter(({ namespace }) => namespace === quota.namespace),
  };
}

/** Who uses a resource of a quota; undefined for a resource that nobody of the target can be seen to use. */
function usesOf(
  context: Pick<Context, 'model' | 'environment'>,
  quota: Quota,
  resource: string,
  { counted, claimed }: Users,
): Use[] | undefined {
  const { model, environment } = context;
  const amount = podUse(resource);
  const pods =
    amount === undefined
      ? []
      : counted.map(
          (user): Use => ({ ...user, each: amount(user.workload, limitRanges(model, quota.namespace)) }),
        );
  if (pods.length > 0) return pods;
  if (quota.scopes.length > 0) return undefined;
  const claims = claimed.flatMap((claim): Use[] => {
    const each = claimUse(claim, resource, environment);
    if (!each) return [];
    const { kind, metadata } = claim.object;
    return [{ name: `${kind} ${metadata.name}`, each, count: claim.count, passing: false }];
  });
  if (claims.length > 0) return claims;
  const objects = objectUse(model, quota.namespace, resource);
  return objects === undefined ? undefined : [{ name: '', each: 1, count: objects, passing: false }];
}

/** The largest users of a quota, as a person says them. */
function describe(uses: readonly Use[], resource: string): string {
  const largest = uses
    .filter(({ name, each, count }) => name !== '' && each * count > 0)
    .sort((a, b) => b.each * b.count - a.each * a.count);
  const named = largest.slice(0, 3).map(({ name, each, count }) => {
    const amount = format(resource, each);
    return each === 1 && !/cpu|memory|storage/.test(resource)
      ? `${name} ${count}`
      : `${name} ${count} of ${amount}`;
  });
  return named.join(', ') + (largest.length > 3 ? `, and ${largest.length - 3} more` : '');
}

function* judgeResource(
  context: Context,
  quota: Quota,
  resource: string,
  most: number,
  users: Users,
): Iterable<Problem> {
  const uses = usesOf(context, quota, resource, users);
  if (uses === undefined) return;
  const { object, namespace } = quota;
  const path = `spec.hard["${resource}"]`;
  const allowed = `ResourceQuota ${object.metadata.name} allows ${format(resource, most)} of ${resource}`;
  const slack = most * 1e-9;
  const lasting = uses.filter(({ passing }) => !passing);
  const now = total(lasting);
  const huge = uses.find(({ each, count }) => count > 0 && each > most + slack);
  if (now > most + slack || huge !== undefined) {
    const ofPods = uses.some(({ workload }) => workload !== undefined);
    const who =
      now > most + slack ? describe(lasting, resource) : describe(huge === undefined ? [] : [huge], resource);
    const sum = format(resource, Math.max(now, huge?.each ?? 0));
    const effect = ofPods
      ? 'admission would refuse the pods beyond that'
      : 'admission would refuse what comes last';
    yield {
      object,
      path,
      message: `namespace ${namespace} wants ${sum}${who === '' ? '' : ` (${who})`}, and ${allowed}: ${effect}`,
    };
    return;
  }
  const later =
    scaled(uses, now, most + slack, resource) ??
    updated(uses, now, most + slack, resource) ??
    passing(uses, most + slack, resource);
  if (later !== undefined)
    yield {
      object,
      path,
      message: `${later}, and ${allowed}: admission would refuse the pods beyond that`,
      severity: 'warning',
    };
}

function scaled(uses: readonly Use[], now: number, most: number, resource: string): string | undefined {
  for (const { workload, name, each } of uses) {
    if (workload === undefined) continue;
    const { min, max } = workload.replicas;
    const then = now + (max - min) * each;
    if (max > min && then > most)
      return `once its autoscaler wants ${max} pods, ${name} takes the namespace to ${format(resource, then)}`;
  }
  return undefined;
}

function updated(uses: readonly Use[], now: number, most: number, resource: string): string | undefined {
  for (const { workload, name, each } of uses) {
    if (workload === undefined || surgeOf(workload) === 0 || now + each <= most) continue;
    return `an update of ${name}, which starts a pod before it stops one, takes the namespace to ${format(resource, now + each)} and would wait for ever`;
  }
  return undefined;
}

/**
 * Why the quotas of a workload's namespace let no new pod start beside the older ones, at the beginning of a rollout or at its
 * end; undefined where they do.
 */
export function refusedBeside(
  context: Pick<Context, 'model' | 'environment'>,
  older: Workload,
  newer: Workload,
): string | undefined {
  const { model } = context;
  const { namespace, replicas } = newer;
  const quotas = model.all('', 'ResourceQuota').map(readQuota);
  for (const quota of quotas.filter((one) => one.namespace === namespace)) {
    const users = usersOf(context, quota, []);
    const ranges = limitRanges(model, namespace);
    for (const [resource, most] of quota.hard) {
      const [amount, uses] = [podUse(resource), usesOf(context, quota, resource, users)];
      if (amount === undefined || !uses?.some(({ workload }) => workload === newer)) continue;
      const others = total(uses.filter(({ passing, workload }) => !passing && workload !== newer));
      const [was, is] = [amount(older, ranges), amount(newer, ranges)];
      const [first, last] = [others + was * replicas.min + is, others + is * replicas.min + was];
      const slack = most * 1e-9;
      if (others + is * replicas.min > most + slack || Math.max(first, last) <= most + slack) continue;
      return `ResourceQuota ${quota.object.metadata.name} allows ${format(resource, most)} of ${resource}, and one more pod makes ${format(resource, Math.max(first, last))}`;
    }
  }
  return undefined;
}

function passing(uses: readonly Use[], most: number, resource: string): string | undefined {
  const sum = total(uses);
  return sum > most
    ? `with its Jobs the namespace wants ${format(resource, sum)} at a time (${describe(uses, resource)})`
    : undefined;
}

/** Containers that do not name what a quota demands. */
function* unnamed(model: Model, quota: Quota): Iterable<Problem> {
  const wanted = demanded.filter((resource) => quota.hard.has(resource));
  if (wanted.length === 0) return;
  const ranges = limitRanges(model, quota.namespace);
  for (const workload of model.workloadsIn(quota.namespace)) {
    const ofWhole = (workload.pod as { readonly resources?: object }).resources;
    if (ofWhole !== undefined || !countsPods(quota, workload, model)) continue;
    for (const { name, spec, path } of workload.containers) {
      const has = admitted(spec, ranges);
      const missing = wanted.filter((resource) => {
        const [, which = 'requests', amount = ''] = /^(?:(requests|limits)\.)?(.+)$/.exec(resource) ?? [];
        return !has[which as 'requests' | 'limits'].has(amount);
      });
      if (missing.length === 0) continue;
      yield {
        object: workload.object,
        path: spec.resources === undefined ? path : `${path}.resources`,
        message:
          `container ${name} names no ${missing.join(', ')}, ResourceQuota ${quota.object.metadata.name} of namespace ` +
          `${quota.namespace} demands it of each, and no LimitRange gives a default: admission would refuse the pods`,
      };
    }
  }
}

/** A namespace holds, or would hold, more than its ResourceQuota allows, or pods that do not name what it counts. */
export const quotaExceeded: Rule = {
  id: 'quota-exceeded',
  severity: 'error',
  family: 'room',
  title: 'a namespace wants more than its ResourceQuota allows, or does not name what that counts',
  *check(context): Iterable<Problem> {
    const quotas = context.model.all('', 'ResourceQuota').map(readQuota);
    const claims = quotas.length === 0 ? [] : madeClaims(context.model);
    for (const quota of quotas) {
      yield* unnamed(context.model, quota);
      const users = usersOf(context, quota, claims);
      for (const [resource, most] of quota.hard) yield* judgeResource(context, quota, resource, most, users);
    }
  },
};
