import type { Change } from './change.ts';
import { fits, type Path, type Step } from './path.ts';

/**
 * The newer value, made of the older one and its changes: what proves that `compareValues` missed nothing and invented
 * nothing.
 * @throws Error for a change that the value has no place for, or whose `before` is not what is there
 */
export function applyChanges(before: unknown, changes: readonly Change[]): unknown {
  const holder = { value: structuredClone(before) };
  // The deeper first: the path of what lies deeper has the places of before.
  const inOrder = [...changes].sort(
    (a, b) => b.path.length - a.path.length || rank(a) - rank(b) || within(a, b),
  );
  for (const change of inOrder) applyOne(holder, change);
  return holder.value;
}

/** Values first, by the places that they had; then what goes, from the end; then what comes, from the start; then order. */
const ranks = { changed: 0, content: 0, removed: 1, added: 2, order: 3 } as const;
const rank = ({ kind }: Change): number => ranks[kind];

function within(a: Change, b: Change): number {
  if (a.kind === 'removed') return placeOf(b) - placeOf(a);
  if (a.kind === 'added') return placeOf(a) - placeOf(b);
  return 0;
}

function placeOf(change: Change): number {
  if (change.kind === 'added' && change.at !== undefined) return change.at;
  const last = change.path.at(-1);
  return typeof last === 'number' ? last : 0;
}

function applyOne(holder: { value: unknown }, change: Change): void {
  const parent = parentOf(holder, change.path);
  const step = change.path.at(-1) ?? 'value';
  const here = change.path.length === 0 ? holder : parent;
  if (change.kind === 'order') {
    const list = get(here, step) as unknown[];
    const places = change.before.map((item) => list.findIndex((element) => fits(element, item)));
    const moved = change.after.map((item) => list.find((element) => fits(element, item)));
    for (const [index, place] of places.toSorted((a, b) => a - b).entries()) list[place] = moved[index];
    return;
  }
  if (change.kind === 'added') {
    add(here, step, change.after, change.at);
    return;
  }
  if (JSON.stringify(get(here, step)) !== JSON.stringify(change.before))
    throw new Error(`${JSON.stringify(change.path)} is not what it was`);
  if (change.kind === 'removed') remove(here, step);
  else set(here, step, change.after);
}

function parentOf(holder: { value: unknown }, path: Path): unknown {
  return path.slice(0, -1).reduce<unknown>((at, step) => get(at, step), holder.value);
}

function placeIn(list: readonly unknown[], step: Step): number {
  const place = typeof step === 'object' ? list.findIndex((element) => fits(element, step)) : Number(step);
  if (place < 0 || place >= list.length) throw new Error(`there is no ${JSON.stringify(step)}`);
  return place;
}

function get(parent: unknown, step: Step): unknown {
  if (Array.isArray(parent)) return parent[placeIn(parent, step)];
  return (parent as Record<string, unknown>)[String(step)];
}

function set(parent: unknown, step: Step, value: unknown): void {
  if (Array.isArray(parent)) parent[placeIn(parent, step)] = value;
  else (parent as Record<string, unknown>)[String(step)] = value;
}

function add(parent: unknown, step: Step, value: unknown, at: number | undefined): void {
  if (Array.isArray(parent)) parent.splice(at ?? Number(step), 0, value);
  else (parent as Record<string, unknown>)[String(step)] = value;
}

function remove(parent: unknown, step: Step): void {
  if (Array.isArray(parent)) parent.splice(placeIn(parent, step), 1);
  else delete (parent as Record<string, unknown>)[String(step)];
}
