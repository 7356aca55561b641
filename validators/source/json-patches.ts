import { dirname, join } from 'node:path/posix';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Source } from '../finding.ts';
import type { KubernetesObject } from '../render/objects.ts';

/** An operation of a JSON patch that sets what a path leads through. */
export interface SetByPatch {
  readonly source: Source;
  /** How many steps of the path it names. */
  readonly depth: number;
}

/** The operations of one kustomization's JSON patches that set the field, or something around it, of the object. */
export function setByJsonPatches(
  file: string,
  text: string,
  object: KubernetesObject,
  steps: readonly (string | number)[],
  textOf: (file: string) => string | undefined,
): SetByPatch[] {
  const lines = new LineCounter();
  const patches = parseDocument(text, { lineCounter: lines, uniqueKeys: false }).get('patches');
  if (!isSeq(patches)) return [];
  return patches.items.flatMap((entry) => {
    if (!isMap(entry) || !aimsAt(entry.get('target'), object)) return [];
    const path = entry.get('path');
    if (typeof path === 'string') {
      const patchFile = join(dirname(file), path);
      return operations(textOf(patchFile) ?? '', steps, patchFile, 0);
    }
    const patch = entry.get('patch', true);
    if (!isScalar(patch) || typeof patch.value !== 'string') return [];
    // The text of a block begins on the line after its `|-`.
    return operations(patch.value, steps, file, lines.linePos(patch.range?.[0] ?? 0).line);
  });
}

function aimsAt(target: unknown, { kind, metadata }: KubernetesObject): boolean {
  if (!isMap(target)) return false;
  const fits = (field: string, value: string) => {
    const wanted = target.get(field);
    return typeof wanted !== 'string' || new RegExp(`^(?:${wanted})$`).test(value);
  };
  return fits('kind', kind) && fits('name', metadata.name);
}

function operations(
  text: string,
  steps: readonly (string | number)[],
  file: string,
  above: number,
): SetByPatch[] {
  const lines = new LineCounter();
  const list: Node | null = parseDocument(text, { lineCounter: lines, uniqueKeys: false }).contents;
  if (!isSeq(list)) return [];
  return list.items.flatMap((operation) => {
    if (!isMap(operation) || operation.get('op') === 'remove' || operation.get('op') === 'test') return [];
    const path = operation.get('path', true);
    if (!isScalar(path) || typeof path.value !== 'string') return [];
    const named = path.value
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const leads = named.every(
      (step, at) => String(steps[at]) === step || (step === '-' && typeof steps[at] === 'number'),
    );
    if (!leads) return [];
    const { line } = lines.linePos(path.range?.[0] ?? 0);
    return [{ source: { file, line: line + above }, depth: named.length }];
  });
}
