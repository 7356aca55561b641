import { createHash } from 'node:crypto';
import type { Finding } from '../finding.ts';
import { isKubernetesObject, type RenderedObject } from './objects.ts';
import { parseYaml } from './yaml.ts';

/** An object of a stream, with the line that its document begins at (1-based). */
export interface StreamObject extends RenderedObject {
  readonly line: number;
}

/** What a stream of YAML documents holds, and what in it could not be read. */
export interface Stream {
  readonly objects: readonly StreamObject[];
  readonly findings: readonly Finding[];
}

/** How many values one document may hold once its aliases are followed: an alias bomb holds billions. */
const mostValues = 1_000_000;

/**
 * Reads a stream that anybody may have written: each document becomes objects or a finding, none is passed over in
 * silence. A List becomes its items.
 * @param file how findings name the stream.
 */
export function readStream(text: string, file: string): Stream {
  const objects: StreamObject[] = [];
  const findings: Finding[] = [];
  const unreadable = (line: number, message: string) =>
    findings.push({ rule: 'unreadable', severity: 'error', message, source: { file, line } });
  for (const document of documents(text)) {
    let value: unknown;
    try {
      value = parseYaml(document.text);
    } catch (error) {
      const { mark, reason, message } = error as Error & { mark?: { line: number }; reason?: string };
      const line = document.line + (mark?.line ?? 0);
      unreadable(
        line,
        isTemplate(document.text)
          ? 'this looks like a Helm template, and holds no manifests yet: render it first (helm template), and check what that prints'
          : `this is not YAML: ${reason ?? message}`,
      );
      continue;
    }
    if (value === null || value === undefined) continue;
    // Without an alias a text has fewer values than characters.
    const mayUnfold = document.text.includes('*') || document.text.length > mostValues;
    if (mayUnfold && countValues(value, mostValues) > mostValues) {
      unreadable(
        document.line,
        `its aliases unfold to more than ${mostValues} values: it is not read further`,
      );
      continue;
    }
    const list = itemsOf(value);
    if (list === undefined && isListWithoutItems(value)) {
      const { kind } = value as { readonly kind: string };
      unreadable(document.line, `this ${kind} has no items: nothing of it would be applied`);
      continue;
    }
    for (const [index, item] of (list ?? [value]).entries()) {
      const where = list === undefined ? '' : ` (item ${index} of a List)`;
      const wrong = notAnObject(item);
      if (wrong !== undefined) unreadable(document.line, `${wrong}${where}: it could not be applied`);
      else
        objects.push(
          asObject(item, list === undefined ? document.text : JSON.stringify(item), document.line),
        );
    }
  }
  if (objects.length === 0 && findings.length === 0)
    unreadable(1, 'it holds no object: was it rendered at all?');
  return { objects, findings };
}

/** True for a text with expressions or blocks of a Go template, as the files of a chart have them. */
function isTemplate(text: string): boolean {
  return /\{\{-?\s*(?:[.$(]|(?:if|else|end|range|with|include|template|define|block|tpl|toYaml|toJson|quote|default|printf|required|lookup)\b|\/\*)/.test(
    text,
  );
}

/** The documents of a stream with the line that each begins at; a comment alone is no document. */
function documents(text: string): { readonly text: string; readonly line: number }[] {
  const found: { text: string; line: number }[] = [];
  let line = 1;
  for (const part of text.replace(/^\uFEFF/, '').split(/^---(?=[ \t]|\r?$)[^\n]*$/m)) {
    const leading = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*/.exec(part)?.[0] ?? '';
    if (part.slice(leading.length).trim() !== '') {
      found.push({ text: part.slice(leading.length), line: line + leading.split('\n').length - 1 });
    }
    line += part.split('\n').length - 1;
  }
  return found;
}

/** Counts the values below a value as if each alias were written out; stops past `most`. */
function countValues(value: unknown, most: number): number {
  const counted = new Map<object, number>();
  function count(current: unknown): number {
    if (typeof current !== 'object' || current === null) return 1;
    const before = counted.get(current);
    if (before !== undefined) return before;
    let sum = 1;
    for (const item of Object.values(current)) {
      sum += count(item);
      if (sum > most) break;
    }
    counted.set(current, sum);
    return sum;
  }
  return count(value);
}

/** The items of a list; those of a `ConfigMapList` need not say again what they are, as kubectl reads them. */
function itemsOf(value: unknown): readonly unknown[] | undefined {
  const { apiVersion, kind, items } = (value ?? {}) as {
    apiVersion?: unknown;
    kind?: unknown;
    items?: unknown;
  };
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return undefined;
  const of = kind.slice(0, -'List'.length);
  if (of === '') return items;
  return items.map((item: unknown) =>
    typeof item === 'object' && item !== null && !('kind' in item) ? { apiVersion, kind: of, ...item } : item,
  );
}

function isListWithoutItems(value: unknown): boolean {
  const { kind, items, metadata } = (value ?? {}) as {
    kind?: unknown;
    items?: unknown;
    metadata?: { name?: unknown } | null;
  };
  if (typeof kind !== 'string' || !kind.endsWith('List')) return false;
  // A kind of somebody's own may end so too; then it has a name.
  return (items === undefined || items === null) && metadata?.name === undefined;
}

/** What keeps a value from being an object that can be applied. */
function notAnObject(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'this is no object';
  const { apiVersion, kind, metadata } = value as Record<string, unknown>;
  if (typeof kind !== 'string' || kind === '') return 'this object has no kind';
  if (typeof apiVersion !== 'string' || apiVersion === '') return `this ${kind} has no apiVersion`;
  const { name, generateName } = (metadata ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' && typeof generateName === 'string') return undefined;
  return typeof name === 'string' && name !== '' ? undefined : `this ${kind} has no name`;
}

function asObject(value: unknown, text: string, line: number): StreamObject {
  const { metadata } = value as { metadata: { generateName?: string } };
  const named = isKubernetesObject(value)
    ? value
    : { ...(value as object), metadata: { ...metadata, name: `${metadata.generateName}*` } };
  const digest = createHash('sha256').update(text).digest('hex');
  return { object: named as RenderedObject['object'], text, digest, line };
}
