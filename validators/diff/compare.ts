import { isDeepStrictEqual } from 'node:util';
import { diffArrays } from 'diff';
import type { Change } from './change.ts';
import { readEmbedded } from './embedded.ts';
import { itemOf, keysOf } from './merge-keys.ts';
import { commonEnds, mostEdits } from './most-edits.ts';
import { type Path, pathText } from './path.ts';
import { sameAmount } from './same-amount.ts';

/** Where two values differ: `applyChanges` makes the newer one of the older one and what this returns. */
export function compareValues(before: unknown, after: unknown, path: Path = []): Change[] {
  if (Object.is(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(before, after, path);
  if (isRecord(before) && isRecord(after)) return compareRecords(before, after, path);
  if (isDeepStrictEqual(before, after)) return [];
  if (typeof before === 'string' && typeof after === 'string') {
    const content = compareFiles(before, after, path);
    if (content !== undefined) return [content];
  }
  const same = sameAmount(path, before, after);
  return [{ kind: 'changed', path, before, after, ...(same === undefined ? {} : { same }) }];
}

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function compareRecords(before: Fields, after: Fields, path: Path): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name): Change[] => {
    const here = [...path, name];
    if (!Object.hasOwn(after, name)) return [{ kind: 'removed', path: here, before: before[name] }];
    if (!Object.hasOwn(before, name)) return [{ kind: 'added', path: here, after: after[name] }];
    return compareValues(before[name], after[name], here);
  });
}

function compareLists(before: readonly unknown[], after: readonly unknown[], path: Path): Change[] {
  const field = path.findLast((step) => typeof step === 'string') ?? '';
  const keys = keysOf(field, before, after);
  return keys === undefined ? compareSequences(before, after, path) : compareKeyed(before, after, path, keys);
}

function compareKeyed(
  before: readonly unknown[],
  after: readonly unknown[],
  path: Path,
  keys: readonly string[],
): Change[] {
  const idOf = (element: unknown) => JSON.stringify(itemOf(element, keys));
  const [was, is] = [before, after].map((side) => new Map(side.map((element) => [idOf(element), element])));
  const changes: Change[] = [];
  for (const [id, element] of was ?? []) {
    const here = [...path, itemOf(element, keys)];
    if (is?.has(id)) changes.push(...compareValues(element, is.get(id), here));
    else changes.push({ kind: 'removed', path: here, before: element });
  }
  for (const [at, element] of after.entries()) {
    if (!was?.has(idOf(element)))
      changes.push({ kind: 'added', path: [...path, itemOf(element, keys)], after: element, at });
  }
  const common = (side: readonly unknown[], other: ReadonlyMap<string, unknown> | undefined) =>
    side.filter((element) => other?.has(idOf(element))).map((element) => itemOf(element, keys));
  const [order, newOrder] = [common(before, is), common(after, was)];
  if (!isDeepStrictEqual(order, newOrder))
    changes.push({ kind: 'order', path, before: order, after: newOrder });
  return changes;
}

/** Elements that nothing tells apart but their place: what stays in order stays, and what stands in one gap is paired. */
function compareSequences(before: readonly unknown[], after: readonly unknown[], path: Path): Change[] {
  const parts =
    diffArrays([...before], [...after], { comparator: isDeepStrictEqual, maxEditLength: mostEdits }) ??
    coarse(before, after);
  const changes: Change[] = [];
  let [from, to] = [0, 0];
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index];
    if (part === undefined) break;
    if (!part.added && !part.removed) {
      from += part.value.length;
      to += part.value.length;
      continue;
    }
    const next = parts[index + 1];
    const pair =
      next !== undefined && (next.added || next.removed) && next.added !== part.added ? next : undefined;
    if (pair !== undefined) index += 1;
    const gone = part.removed ? part.value : (pair?.value ?? []);
    const come = part.added ? part.value : (pair?.value ?? []);
    const paired = Math.min(gone.length, come.length);
    for (let at = 0; at < paired; at += 1)
      changes.push(...compareValues(gone[at], come[at], [...path, from + at]));
    for (let at = paired; at < gone.length; at += 1)
      changes.push({ kind: 'removed', path: [...path, from + at], before: gone[at] });
    for (let at = paired; at < come.length; at += 1)
      changes.push({ kind: 'added', path: [...path, to + at], after: come[at] });
    from += gone.length;
    to += come.length;
  }
  return changes;
}

/** What two lists begin and end with in common, and all between as another. */
function coarse(before: readonly unknown[], after: readonly unknown[]): Part[] {
  const { start, end } = commonEnds(before, after, isDeepStrictEqual);
  return [
    { added: false, removed: false, value: before.slice(0, start) },
    { added: false, removed: true, value: before.slice(start, before.length - end) },
    { added: true, removed: false, value: after.slice(start, after.length - end) },
    { added: false, removed: false, value: before.slice(before.length - end) },
  ];
}

interface Part {
  readonly added: boolean;
  readonly removed: boolean;
  readonly value: readonly unknown[];
}

/** Both as files of one form, where they are: by what they say. */
function compareFiles(before: string, after: string, path: Path): Change | undefined {
  if (!before.includes('\n') && !after.includes('\n') && !/^\s*[[{]/.test(before)) return undefined;
  const name = path.findLast((step) => typeof step === 'string') ?? '';
  const [was, is] = [readEmbedded(name, before), readEmbedded(name, after)];
  if (was === undefined || is === undefined || was.format !== is.format) return undefined;
  const changes = compareValues(was.value, is.value, []);
  const told = new Set(changes.map((change) => pathText(change.path)));
  // What is the same to us may be another to who reads it: then the lines say what there is.
  if (compareValues(was.written, is.written).some((change) => !told.has(pathText(change.path))))
    return undefined;
  return { kind: 'content', path, format: is.format, changes, before, after };
}
