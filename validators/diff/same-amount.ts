import { readQuantity } from '../room/quantity.ts';
import type { Path } from './path.ts';

/** Fields whose values, or the values below them, are quantities. */
const amounts = new Set([
  ...['limits', 'requests', 'capacity', 'hard', 'allocatable', 'overhead'],
  ...['default', 'defaultRequest', 'max', 'min', 'maxLimitRequestRatio'],
]);
const amount = new Set(['sizeLimit', 'averageValue', 'storage', 'divisor']);

const units: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};
/** Source: Go, `time.ParseDuration`. */
const duration = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;
/** What a program is told is its own to read. */
const told = new Set(['env', 'args', 'command', 'data', 'annotations', 'labels']);

/**
 * What two values are the same amount of, though they are written in two ways: `1000m` and `1` of CPU, `90s` and `1m30s`.
 * Undefined where they are not, or the field is none of Kubernetes' own amounts.
 */
export function sameAmount(path: Path, before: unknown, after: unknown): 'quantity' | 'duration' | undefined {
  const names = path.filter((step) => typeof step === 'string');
  const [last = '', above = ''] = names.toReversed();
  if (amounts.has(above) || amount.has(last)) {
    const [was, is] = [readQuantity(before), readQuantity(after)];
    if (was !== undefined && was === is) return 'quantity';
  }
  if (names.some((name) => told.has(name))) return undefined;
  const [was, is] = [secondsOf(before), secondsOf(after)];
  return was !== undefined && is !== undefined && Math.abs(was - is) < 1e-9 ? 'duration' : undefined;
}

function secondsOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !duration.test(value)) return undefined;
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0), 0);
}
