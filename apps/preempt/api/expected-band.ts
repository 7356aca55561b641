import { within } from '@plumbline/kit';
import type { Redis } from '@plumbline/kit/redis';
import { climateOf, partOf, partsOfDay } from '../judgement/climate.ts';
import { fieldOf } from '../judgement/fields.ts';
import { day, hour } from '../judgement/series.ts';
import { sql } from './sql/index.ts';
import type { Store } from './store.ts';

/** What is usual for a field of a location, a part of the day each: all parts have one length, from midnight UTC. */
export interface Profile {
  readonly expected: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

export interface BandPoint {
  readonly at: Date;
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
}

const weeks = 4;
/** What a band needs at least. */
const leastSamples = 24;
/** Robust standard deviations on each side: nearly all values of a usual day. */
const width = 3;

/** The profile of the values before a time; undefined when they are too few. */
export function profileOf(
  name: string,
  history: readonly { readonly at: Date; readonly value: number }[],
  before: number,
): Profile | undefined {
  if (history.length < leastSamples) return undefined;
  const { spread, unspread, regular, grain, least, most } = fieldOf(name);
  const times = history.map(({ at }) => at.getTime());
  const measures = history.map(({ value }) => spread(value));
  const { medians, deviations } = climateOf(times, measures, before, regular, grain);
  const bounded = (measure: number) => Math.min(most, Math.max(least, unspread(measure)));
  const at = (part: number, side: number) =>
    rounded(bounded((medians[part] as number) + side * width * (deviations[part] as number)));
  const parts = Array.from({ length: partsOfDay }, (_, part) => part);
  return {
    expected: parts.map((part) => at(part, 0)),
    lower: parts.map((part) => at(part, -1)),
    upper: parts.map((part) => at(part, 1)),
  };
}

const rounded = (value: number) => Math.round(value * 100) / 100;

/** The band over a range: a point in the middle of each part of the day, wider apart in long ranges. */
export function bandOver(profile: Profile, from: number, to: number): BandPoint[] {
  const part = day / partsOfDay;
  const points: BandPoint[] = [];
  for (let at = Math.floor(from / part) * part + part / 2 - part; at <= to + part; at += part) {
    const index = partOf(at);
    points.push({
      at: new Date(at),
      expected: profile.expected[index] as number,
      lower: profile.lower[index] as number,
      upper: profile.upper[index] as number,
    });
  }
  return points;
}

/** The longest range that has a band: a year would be thousands of the same wave. */
export const longestBand = 62 * day;

/** The trainer's profile is of the season that it was trained in: so far back it stands, milliseconds. */
const seasonReach = 30 * day;

/**
 * What is usual of a series before a time: what the trainer wrote; for an older time, or a series that it knows too
 * little of, what the four weeks before give.
 */
export async function profileFor(
  store: Store,
  redis: Redis,
  location: number,
  field: { readonly id: number; readonly name: string },
  until: number,
): Promise<Profile | undefined> {
  if (until > Date.now() - seasonReach) {
    const rows = (await store.bands(location)).filter((row) => row.field === field.id);
    if (rows.length === partsOfDay) {
      return {
        expected: rows.map(({ usual }) => rounded(usual)),
        lower: rows.map(({ lower }) => rounded(lower)),
        upper: rows.map(({ upper }) => rounded(upper)),
      };
    }
  }
  return profileOfWeeks(store, redis, location, field, until);
}

/**
 * The profile as of an hour, made once for all replicas: it takes four weeks of observations, so it is kept in Redis for
 * a quarter of an hour. A Redis that is away costs the reading, not the answer.
 */
async function profileOfWeeks(
  store: Store,
  redis: Redis,
  location: number,
  field: { readonly id: number; readonly name: string },
  until: number,
): Promise<Profile | undefined> {
  const before = Math.ceil(until / hour) * hour;
  const key = `api:profile:1:${location}:${field.id}:${before / hour}`;
  const held = await within(redis.send<string | null>(['GET', key]), 250, 'Redis did not answer').catch(
    () => null,
  );
  if (held !== null) return (JSON.parse(held) as Profile | null) ?? undefined;
  const range = [new Date(before - weeks * 7 * day), new Date(before)];
  const history = await store.query<{ at: Date; value: number }>(sql['band-history'], [
    location,
    field.id,
    ...range,
  ]);
  const profile = profileOf(field.name, history, before);
  // Not waited for: whoever asks next may find it.
  redis.send(['SET', key, JSON.stringify(profile ?? null), 'EX', 900]).catch(() => {});
  return profile;
}
