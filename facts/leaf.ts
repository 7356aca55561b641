import type { KubernetesObject } from '@plumbline/validators';
import { fieldAt } from './field.ts';
import { writtenName } from './names.ts';
import type { Reading } from './readers.ts';

/**
 * The part of a reading that is wrong: of what stands below its path, the plain value that the reading tells and the fact does
 * not. It is what somebody has to mend, and what some file wrote. The path itself where no part stands out.
 */
export function wrongPart(
  object: KubernetesObject,
  { value, path, parts = [path] }: Reading,
  expected: string,
): string {
  for (const start of parts) {
    for (const leaf of leaves(fieldAt(object, start), start)) {
      if (tells(value, leaf.value) && !tells(expected, leaf.value)) return leaf.path;
    }
  }
  return path;
}

/** The line, from 1, of a text that comes nearest to a line that it should hold. */
export function nearestLine(text: string, wanted: string): number {
  const words = new Set(wanted.split(/\W+/).filter(Boolean));
  const shared = text
    .split('\n')
    .map((line) => line.split(/\W+/).filter((word) => words.has(word)).length / (line.length + 1));
  return shared.indexOf(Math.max(...shared)) + 1;
}

function tells(text: string, value: string): boolean {
  if (text === value) return true;
  if (text.includes('..')) return text.split('..').some((part) => tells(part, value));
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    const [before = ' ', after = ' '] = [text[at - 1], text[at + value.length]];
    if (!/[\w.-]/.test(before) && !/[\w.-]/.test(after)) return true;
  }
  return false;
}

function* leaves(value: unknown, path: string): Iterable<{ readonly path: string; readonly value: string }> {
  if (typeof value !== 'object' || value === null) {
    if (value !== undefined && value !== null && value !== '')
      yield { path, value: writtenName(String(value)) };
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* leaves(item, `${path}[${index}]`);
  } else {
    for (const [key, item] of Object.entries(value))
      yield* leaves(item, /^[\w-]+$/.test(key) ? `${path}.${key}` : `${path}["${key}"]`);
  }
}
