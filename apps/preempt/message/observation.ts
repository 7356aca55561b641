import { fieldName } from '../configuration.ts';

/** What one collection of one location found: one message of the stream. */
export interface Observation {
  /** The number of the location. */
  readonly location: number;
  /** When it was collected, by the database's clock: `2026-11-21T12:34:56.789Z`. */
  readonly collectedAt: string;
  /** What time the source says that it is of, in UTC: `2026-11-21T12:30Z`. */
  readonly observedAt: string;
  /** By the source's names, in its units. */
  readonly values: Readonly<Record<string, number>>;
}

/** A message that was read, or why it is none. */
export type Read =
  | { readonly ok: true; readonly observation: Observation }
  | { readonly ok: false; readonly reason: string };

/** A message that could be no collection of ours is not even parsed. */
const mostBytes = 64 << 10;
const collected = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const observed = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{3})?)?Z$/;
/** What no unit of the source comes near; and the source's clock may be ahead of the database's by so much. */
const [largest, ahead] = [1e9, 60 * 60_000];

/** A message as the stream has it. */
export function writeObservation(observation: Observation): string {
  return JSON.stringify(observation);
}

/** Reads a message of the stream, strictly: what is not right is said, and nothing of it is stored. */
export function readObservation(data: string | undefined): Read {
  if (data === undefined) return wrong('it has no field "data"');
  if (data.length > mostBytes) return wrong(`it has ${data.length} characters, and may have ${mostBytes}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch (error) {
    return wrong(`it is no JSON: ${(error as Error).message}`);
  }
  if (typeof parsed !== 'object' || parsed === null) return wrong('it is no object');
  const { location, collectedAt, observedAt, values } = parsed as Record<string, unknown>;
  if (typeof location !== 'number' || !Number.isInteger(location) || location < 1 || location > 0xffff_ffff) {
    return wrong(`location is ${JSON.stringify(location)}: it takes the number of one`);
  }
  const times = judgeTimes(collectedAt, observedAt);
  if (times !== undefined) return wrong(times);
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    return wrong('values is no object');
  }
  const entries = Object.entries(values);
  if (entries.length === 0) return wrong('values is empty');
  for (const [name, value] of entries) {
    if (!fieldName.test(name)) return wrong(`values has ${JSON.stringify(name)}: no name of a field`);
    if (typeof value !== 'number' || !(Math.abs(value) < largest)) {
      return wrong(`values.${name} is ${JSON.stringify(value)}: it takes a number`);
    }
  }
  return {
    ok: true,
    observation: parsed as Observation,
  };
}

function wrong(reason: string): Read {
  return { ok: false, reason };
}

/** What was judged last: the messages of one collection have the same times, and judging them is most of the work. */
let judged: { readonly collectedAt: unknown; readonly observedAt: unknown } | undefined;

/** Why two times are not right, or undefined. */
function judgeTimes(collectedAt: unknown, observedAt: unknown): string | undefined {
  if (judged?.collectedAt === collectedAt && judged?.observedAt === observedAt) return undefined;
  if (!isTime(collectedAt, collected)) return `collectedAt is ${JSON.stringify(collectedAt)}: no time`;
  if (!isTime(observedAt, observed)) return `observedAt is ${JSON.stringify(observedAt)}: no time`;
  if (Date.parse(observedAt) > Date.parse(collectedAt) + ahead) {
    return `it was observed at ${observedAt}, and collected at ${collectedAt}, before that`;
  }
  judged = { collectedAt, observedAt };
  return undefined;
}

/** Also one that the calendar has: 30 February has the shape. */
function isTime(value: unknown, shape: RegExp): value is string {
  if (typeof value !== 'string' || !shape.test(value)) return false;
  const time = Date.parse(value);
  return time >= 0 && new Date(time).toISOString().startsWith(value.slice(0, 16));
}
