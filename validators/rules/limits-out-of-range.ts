import { joinPath, type Workload } from '../model/workload.ts';
import { type Admitted, admitted, type Limit, limitRanges, ofPod } from '../room/admitted.ts';
import { madeClaims } from '../room/claims.ts';
import { formatBytes, formatCores, readQuantity } from '../room/quantity.ts';
import type { Problem, Rule } from './rule.ts';

function format(resource: string, amount: number | undefined): string {
  if (amount === undefined) return 'none';
  if (resource === 'cpu') return formatCores(amount);
  return /memory|storage|hugepages/.test(resource) ? formatBytes(amount) : String(amount);
}

/** Something that a LimitRange does not let in, and whether its request or its limit is why. */
interface Refusal {
  readonly resource: string;
  readonly which: 'requests' | 'limits';
  readonly text: string;
}

/** What is outside an entry. Source: kubernetes, `plugin/pkg/admission/limitranger/admission.go`. */
function* outside({ min, max, ratio }: Limit, { requests, limits }: Admitted): Iterable<Refusal> {
  for (const [resource, least] of min) {
    const [request, limit] = [requests.get(resource), limits.get(resource)];
    const bound = `the least is ${format(resource, least)}`;
    if (request === undefined || request < least)
      yield {
        resource,
        which: 'requests',
        text: `requests ${format(resource, request)} of ${resource}, and ${bound}`,
      };
    else if (limit !== undefined && limit < least)
      yield {
        resource,
        which: 'limits',
        text: `has a limit of ${format(resource, limit)} of ${resource}, and ${bound}`,
      };
  }
  for (const [resource, most] of max) {
    const [request, limit] = [requests.get(resource), limits.get(resource)];
    const bound = `the most is ${format(resource, most)}`;
    if (limit === undefined || limit > most)
      yield {
        resource,
        which: 'limits',
        text: `has a limit of ${format(resource, limit)} of ${resource}, and ${bound}`,
      };
    else if (request !== undefined && request > most)
      yield {
        resource,
        which: 'requests',
        text: `requests ${format(resource, request)} of ${resource}, and ${bound}`,
      };
  }
  for (const [resource, most] of ratio) {
    const [request, limit] = [requests.get(resource) ?? 0, limits.get(resource) ?? 0];
    if (request > 0 && limit > 0 && limit / request <= most * (1 + 1e-9)) continue;
    const times =
      request > 0 && limit > 0 ? `${Math.round((limit / request) * 100) / 100} times` : 'not a multiple of';
    yield {
      resource,
      which: 'limits',
      text: `has a limit of ${resource} that is ${times} its request, and may be ${most} times at most`,
    };
  }
}

function* inWorkload(workload: Workload, limit: Limit, ranges: readonly Limit[]): Iterable<Problem> {
  const { object, containers, pod, templatePath } = workload;
  const range = `by LimitRange ${limit.object.metadata.name}: admission would refuse the pods`;
  if (limit.type === 'Container') {
    for (const { name, spec, path } of containers) {
      for (const { resource, which, text } of outside(limit, admitted(spec, ranges))) {
        const written = spec.resources?.[which]?.[resource] !== undefined;
        const at = written
          ? `.resources.${which}["${resource}"]`
          : spec.resources === undefined
            ? ''
            : '.resources';
        yield { object, path: `${path}${at}`, message: `container ${name} ${text} ${range}` };
      }
    }
  }
  if (limit.type === 'Pod') {
    const both = { requests: ofPod(pod, 'requests', ranges), limits: ofPod(pod, 'limits', ranges) };
    for (const { text } of outside(limit, both))
      yield { object, path: joinPath(templatePath, 'spec.containers'), message: `each pod ${text} ${range}` };
  }
}

/** A container, pod or claim lies outside what its namespace's LimitRange lets in. */
export const limitsOutOfRange: Rule = {
  id: 'limits-out-of-range',
  severity: 'error',
  family: 'room',
  title: 'a container, a pod or a claim is outside the LimitRange of its namespace',
  *check({ model }): Iterable<Problem> {
    if (model.all('', 'LimitRange').length === 0) return;
    for (const workload of model.workloads) {
      const ranges = limitRanges(model, workload.namespace);
      for (const limit of ranges) yield* inWorkload(workload, limit, ranges);
    }
    for (const { object, namespace, path, spec } of madeClaims(model)) {
      const written = Object.entries(spec.resources?.requests ?? {}).map(
        ([name, amount]) => [name, readQuantity(amount)] as const,
      );
      const requests = new Map(written.filter((entry): entry is [string, number] => entry[1] !== undefined));
      for (const limit of limitRanges(model, namespace)) {
        if (limit.type !== 'PersistentVolumeClaim') continue;
        // Of a claim only the request counts.
        for (const { resource, text } of outside(
          { ...limit, ratio: new Map() },
          { requests, limits: requests },
        )) {
          yield {
            object,
            path: requests.has(resource) ? `${path}.resources.requests["${resource}"]` : path,
            message: `the claim ${text.replace('has a limit of', 'requests')} by LimitRange ${limit.object.metadata.name}: admission would refuse it`,
          };
        }
      }
    }
  },
};
