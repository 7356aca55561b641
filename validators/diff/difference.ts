import type { CheckedTarget } from '../check.ts';
import type { Finding } from '../finding.ts';
import { buildModel } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Target } from '../render/targets.ts';
import { compareObjects, type ObjectChange } from './compare-objects.ts';
import { type Danger, dangersOf } from './dangers/index.ts';

/** What a change does to one target. */
export interface TargetDifference {
  readonly target: Target;
  /** `unreadable` where one of the two sides does not render: then nothing can be compared. */
  readonly state: 'changed' | 'added' | 'removed' | 'unreadable';
  /** The side that does not render; undefined where both do, or neither. */
  readonly unreadable?: 'older' | 'newer';
  readonly objects: readonly ObjectChange[];
  /** What it would do to what runs. */
  readonly dangers: readonly Danger[];
  /** Findings that only the newer side has. */
  readonly found: readonly Finding[];
  /** Findings that only the older side has. */
  readonly mended: readonly Finding[];
}

/** What a change does to all targets; those to which it does nothing are counted alone. */
export interface Difference {
  readonly compared: number;
  readonly targets: readonly TargetDifference[];
}

/** How a newer check of a repository's targets differs from an older one. */
export function compareChecks(before: readonly CheckedTarget[], after: readonly CheckedTarget[]): Difference {
  const was = new Map(before.map((checked) => [checked.target.name, checked]));
  const is = new Map(after.map((checked) => [checked.target.name, checked]));
  const names = [...new Set([...is.keys(), ...was.keys()])];
  const targets = names.map((name) => compareTarget(was.get(name), is.get(name)));
  return { compared: names.length, targets: targets.filter((one) => one !== undefined) };
}

function compareTarget(
  before: CheckedTarget | undefined,
  after: CheckedTarget | undefined,
): TargetDifference | undefined {
  const target = (after ?? before)?.target;
  if (target === undefined) return undefined;
  // Of what both sides have in common the check has the one and only.
  if (before?.objects === after?.objects && before?.findings === after?.findings) return undefined;
  const told = new Set(before?.findings.map(keyOf));
  const still = new Set(after?.findings.map(keyOf));
  const found = (after?.findings ?? []).filter((finding) => !told.has(keyOf(finding)));
  const mended = (before?.findings ?? []).filter((finding) => !still.has(keyOf(finding)));
  if (before === undefined || after === undefined) {
    const state = before === undefined ? 'added' : 'removed';
    return { target, state, ...compared(before, after), found, mended };
  }
  const readable = rendered(before) && rendered(after);
  if (!readable && rendered(before) !== rendered(after)) {
    const unreadable = rendered(before) ? 'newer' : 'older';
    return { target, state: 'unreadable', unreadable, objects: [], dangers: [], found, mended };
  }
  const { objects, dangers } = readable ? compared(before, after) : { objects: [], dangers: [] };
  if (objects.length === 0 && found.length === 0 && mended.length === 0) return undefined;
  return { target, state: readable ? 'changed' : 'unreadable', objects, dangers, found, mended };
}

function compared(before: CheckedTarget | undefined, after: CheckedTarget | undefined) {
  const [was, is] = [objectsOf(before), objectsOf(after)];
  const objects = compareObjects(was, is);
  if (objects.length === 0) return { objects, dangers: [] };
  const { environment } = after ?? {};
  return {
    objects,
    dangers: dangersOf({ objects, before: buildModel(was), after: buildModel(is), environment }),
  };
}

const objectsOf = (checked: CheckedTarget | undefined): KubernetesObject[] =>
  (checked?.objects ?? []).map(({ object }) => object);

const rendered = ({ findings }: CheckedTarget): boolean => !findings.some(({ rule }) => rule === 'render');

/** What a finding is about, however its line has moved. */
const keyOf = ({ rule, severity, resource, path, message }: Finding): string =>
  JSON.stringify([rule, severity, resource, path, message]);
