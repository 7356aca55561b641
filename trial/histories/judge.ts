import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '@plumbline/validators';
import { judgeFields } from './judge-fields.ts';
import type { ToldName, ToldObject } from './report.ts';

/** What Kubernetes knows an object by. */
function idOf(kind: string, apiVersion: string, name: string, namespace = ''): string {
  return [apiVersion.replace(/\/?[^/]+$/, ''), kind, namespace, name].join(' ');
}

const idOfObject = ({ apiVersion, kind, metadata }: KubernetesObject): string =>
  idOf(kind, apiVersion, metadata.name, metadata.namespace);
const idOfName = ({ apiVersion, kind, name, namespace }: ToldName): string =>
  idOf(kind, apiVersion, name, namespace);

/**
 * Whether a report tells the difference of two renders and nothing else: each object that differs is told, and each that is told
 * differs; without the fields that are told the two sides are line by line the same, and each of these fields is another.
 * @returns what is wrong with the report, in words; nothing where it is right
 */
export function judgeReport(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
  told: readonly ToldObject[],
): string[] {
  const faults: string[] = [];
  const [was, is] = [before, after].map(
    (side) => new Map(side.map((object) => [idOfObject(object), object] as const)),
  ) as [Map<string, KubernetesObject>, Map<string, KubernetesObject>];
  if (was.size !== before.length || is.size !== after.length) faults.push('two objects have one name');
  const [older, newer] = [new Set<string>(), new Set<string>()];
  for (const one of told) {
    const [from, to] = [one.before, one.after].map((name) => name && idOfName(name));
    const what = to ?? from ?? 'an object without a name';
    for (const [id, side, seen] of [[from, was, older] as const, [to, is, newer] as const]) {
      if (id === undefined) continue;
      if (!side.has(id)) faults.push(`${what}: ${id} is told, and is not there`);
      if (seen.has(id)) faults.push(`${what}: ${id} is told twice`);
      seen.add(id);
    }
    const [object, next] = [was.get(from ?? ''), is.get(to ?? '')];
    if (object === undefined || next === undefined) {
      if (one.changes.length > 0) faults.push(`${what}: comes or goes, and has changes`);
      if (is.has(from ?? '') || was.has(to ?? ''))
        faults.push(`${what}: told as come or gone, and on both sides`);
      continue;
    }
    if (one.changes.length === 0) faults.push(`${what}: is told without a change`);
    const rest = judgeFields(object, next, one.changes, { isSecret: object.kind === 'Secret' });
    faults.push(...rest.faults.map((fault) => `${what}: ${fault}`));
    if (rest.before.join('\n') !== rest.after.join('\n')) {
      const at = rest.before.findIndex((line, index) => line !== rest.after[index]);
      faults.push(`${what}: not told: ${rest.before.at(at) ?? ''} → ${rest.after[at] ?? 'nothing'}`);
    }
  }
  for (const [id, object] of was) {
    if (!older.has(id) && !isDeepStrictEqual(object, is.get(id)))
      faults.push(`${id} is another, and not told`);
  }
  for (const id of is.keys()) if (!newer.has(id) && !was.has(id)) faults.push(`${id} comes, and is not told`);
  return faults;
}
