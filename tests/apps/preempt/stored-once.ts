import type { Observation } from '../../../apps/preempt/message/observation.ts';
import type { Row } from './stream.ts';

/** How what is stored differs from what was sent. */
export interface Difference {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  readonly twice: readonly string[];
  readonly changed: readonly string[];
}

/**
 * Compares by key and by value: of every value that was sent, the one that was collected last is there once, and nothing
 * else is.
 */
export function difference(sent: readonly Observation[], stored: readonly Row[]): Difference {
  const wanted = new Map<string, { readonly value: number; readonly collected: number }>();
  for (const { location, observedAt, collectedAt, values } of sent) {
    for (const [field, value] of Object.entries(values)) {
      const key = keyOf(location, field, new Date(observedAt));
      const collected = Date.parse(collectedAt);
      const before = wanted.get(key);
      if (before === undefined || before.collected < collected) wanted.set(key, { value, collected });
    }
  }
  const seen = new Set<string>();
  const [extra, twice, changed]: [string[], string[], string[]] = [[], [], []];
  for (const { location, field, observedAt, value, collectedAt } of stored) {
    const key = keyOf(location, field, observedAt);
    const one = wanted.get(key);
    if (one === undefined) extra.push(key);
    else if (seen.has(key)) twice.push(key);
    else if (one.value !== value || one.collected !== collectedAt.getTime()) {
      changed.push(`${key} is ${value} of ${collectedAt.toISOString()}`);
    }
    seen.add(key);
  }
  return { missing: [...wanted.keys()].filter((key) => !seen.has(key)), extra, twice, changed };
}

function keyOf(location: number, field: string, observedAt: Date): string {
  return `${location} ${field} ${observedAt.toISOString()}`;
}

/** @throws Error that counts and names what is missing, extra, there twice, or changed. */
export function assertStoredOnce(sent: readonly Observation[], stored: readonly Row[]): void {
  const found = Object.entries(difference(sent, stored)).filter(([, keys]) => keys.length > 0);
  if (found.length === 0) return;
  const said = found.map(([what, keys]) => `${keys.length} ${what}: ${keys.slice(0, 5).join(', ')}`);
  throw new Error(`of ${sent.length} observations: ${said.join('; ')}`);
}
