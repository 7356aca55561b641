import type { Environment } from './environment/environment.ts';
import type { Finding } from './finding.ts';
import type { KubernetesObject } from './render/objects.ts';
import { readStream } from './render/stream.ts';
import type { ReportedTarget } from './reports/report.ts';
import { contextOf, judge, type Rule } from './rules/index.ts';

/** A target that was checked, with what was rendered of it. */
export interface CheckedStream {
  readonly target: ReportedTarget;
  readonly text: string;
}

export interface NeighbourOptions {
  readonly environment: Environment | undefined;
  readonly rules: readonly Rule[];
}

/**
 * The targets of a repository in the light of each other: an application is often several kustomizations, applied one by one
 * into the same namespaces.
 *
 * Each with errors is judged once more beside its neighbours: targets that share a namespace and no object with it, since one
 * that has an object in common is another variant of it. What was missing and is there then becomes a warning that says so.
 * @param others what stands beside them and is not judged itself.
 */
export function besideNeighbours(
  checked: readonly CheckedStream[],
  others: readonly CheckedStream[],
  { environment, rules }: NeighbourOptions,
): ReportedTarget[] {
  const objects = new Map<CheckedStream, readonly KubernetesObject[]>();
  const objectsOf = (one: CheckedStream) => {
    let found = objects.get(one);
    if (found === undefined) {
      found = readStream(one.text, one.target.target).objects.map(({ object }) => object);
      objects.set(one, found);
    }
    return found;
  };
  return checked.map((one) => {
    const { target } = one;
    if (!target.findings.some(({ severity }) => severity === 'error')) return target;
    const own = objectsOf(one);
    if (own.length === 0) return target;
    const [ids, namespaces] = [new Set(own.map(idOf)), new Set(own.map(namespaceOf))];
    const neighbours = [...checked, ...others].filter((other) => {
      const theirs = other === one ? [] : objectsOf(other);
      return (
        theirs.some((object) => namespaces.has(namespaceOf(object))) &&
        !theirs.some((object) => ids.has(idOf(object)))
      );
    });
    if (neighbours.length === 0) return target;
    const all = [...own, ...neighbours.flatMap(objectsOf)];
    const context = contextOf(target.target, undefined, environment, all);
    const known = new Set(judge(context, rules, true).findings.map(markOf));
    const names = neighbours.map(({ target: other }) => other.target);
    return {
      ...target,
      findings: target.findings.map((finding) => {
        if (finding.severity !== 'error' || !isOfSomethingMissing(finding.rule)) return finding;
        if (known.has(markOf(finding))) return finding;
        const beside = names.length > 2 ? `${names.length} other targets` : names.join(' and ');
        return {
          ...finding,
          severity: 'warning',
          message: `${finding.message} (applied alone; not beside ${beside})`,
        };
      }),
    };
  });
}

/** Rules about what is not there: only that can somebody beside bring. */
function isOfSomethingMissing(rule: string): boolean {
  return rule.endsWith('-missing') || rule === 'address-without-service' || rule === 'service-without-pods';
}

function namespaceOf({ metadata }: KubernetesObject): string {
  return metadata.namespace ?? 'default';
}

function idOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function markOf({ rule, resource, path }: Finding): string {
  return `${rule} ${resource?.kind} ${resource?.namespace ?? ''}/${resource?.name} ${path}`;
}
