import type { KubernetesObject } from '../render/objects.ts';
import type { Change } from './change.ts';

const secret = new Set(['data', 'stringData']);

/** The size of what is written in base64, in one line or in several. */
export function sizeOfBytes(value: unknown): string {
  return `(${Buffer.from(String(value), 'base64').length} bytes)`;
}

/** A value of a Secret, as much of it as may be told. */
function size(field: string, value: unknown): string {
  return field === 'data' ? sizeOfBytes(value) : `(${Buffer.byteLength(String(value))} bytes)`;
}

/** A change of an object of this kind, without what a Secret keeps. */
export function mask(kind: string | undefined, change: Change): Change {
  const [field = ''] = change.path;
  if (kind !== 'Secret' || typeof field !== 'string' || !secret.has(field) || change.kind === 'order')
    return change;
  const { path } = change;
  if (change.kind === 'added') return { kind: 'added', path, after: maskedValue(field, change.after) };
  if (change.kind === 'removed') return { kind: 'removed', path, before: maskedValue(field, change.before) };
  const [before, after] = [maskedValue(field, change.before), maskedValue(field, change.after)];
  const other = before === after ? String(after).replace(')', ', others)') : after;
  return { kind: 'changed', path, before, after: other };
}

function maskedValue(field: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return size(field, value);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, size(field, one)]));
}

/** An object without what a Secret keeps. */
export function maskObject(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Secret') return object;
  const fields = Object.entries(object).map(([name, value]) => [
    name,
    secret.has(name) ? maskedValue(name, value) : value,
  ]);
  return Object.fromEntries(fields) as KubernetesObject;
}
