import { within } from '@plumbline/kit';
import type { Bound, Pool } from '@plumbline/kit/mysql';
import { modelDays } from '../models/index.ts';
import { remember } from './remember.ts';
import { sql } from './sql/index.ts';

export const severities = ['minor', 'major', 'severe'] as const;
export type Severity = (typeof severities)[number];

export interface Location {
  readonly id: number;
  readonly name: string;
  readonly searchName: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly elevation: number | null;
  readonly population: number;
  readonly timezone: string;
  readonly collectedAt: Date | null;
  /** Of the worst anomaly that lasts. */
  readonly severity: Severity | null;
  readonly openAnomalies: number;
}

export interface Field {
  readonly id: number;
  readonly name: string;
  readonly unit: string;
}

export interface Anomaly {
  readonly id: number;
  readonly location: number;
  readonly field: number;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly severity: Severity;
  readonly score: number;
  readonly peakAt: Date;
  readonly value: number;
  readonly expected: number;
  readonly lowerBound: number;
  readonly upperBound: number;
  readonly explanation: string;
  readonly judgedBy: string;
  /** As the database has a boolean. */
  readonly withdrawn: 0 | 1;
  readonly changedAt: Date;
}

export interface Summary {
  readonly locations: number;
  readonly affectedLocations: number;
  readonly open: Readonly<Record<Severity, number>>;
  readonly lastCollectionAt: Date | null;
  readonly collectedLastHour: number;
  /** `empty` before the first collection, `stale` when the last one is older than 15 minutes. */
  readonly state: 'empty' | 'fresh' | 'stale';
}

export interface BandRow {
  readonly field: number;
  readonly usual: number;
  readonly lower: number;
  readonly upper: number;
}

/** All locations as of one moment, in the order of their names. */
export interface Places {
  readonly byName: readonly Location[];
  readonly byId: ReadonlyMap<number, Location>;
}

/** What the routes read; everything may be as old as it says. */
export interface Store {
  /** At most 2 s old: they are some hundreds, so every search goes over them here. */
  readonly places: () => Promise<Places>;
  /** At most 10 s old. */
  readonly fields: () => Promise<ReadonlyMap<number, Field>>;
  /**
   * What the trainer wrote of a location within `modelDays`, three hours of the UTC day a row, field by field; read at
   * most a minute ago.
   */
  readonly bands: (location: number) => Promise<readonly BandRow[]>;
  /** At most 1 s old. */
  readonly summary: () => Promise<Summary>;
  readonly query: <Row>(text: string, values?: readonly Bound[]) => Promise<Row[]>;
}

/** Nothing answers later than this, milliseconds. */
export const queryDeadline = 4000;

/** @param monitored the fields that are watched, in the order in which they are shown. */
export function openStore(pool: Pool, monitored: readonly string[]): Store {
  const query = <Row>(text: string, values: readonly Bound[] = []) =>
    // A wait for a connection has no deadline of its own.
    within(pool.query<Row>(text, values), queryDeadline, 'the database did not answer');
  const places = remember<Places>({ milliseconds: 2000, most: 1 });
  const fields = remember<ReadonlyMap<number, Field>>({ milliseconds: 10_000, most: 1 });
  const bands = remember<BandRow[]>({ milliseconds: 60_000, most: 1000 });
  const summary = remember<Summary>({ milliseconds: 1000, most: 1 });
  const rank = (name: string) => (monitored.includes(name) ? monitored.indexOf(name) : monitored.length);
  return {
    query,
    places: () => places('', () => readPlaces(query)),
    fields: () =>
      fields('', async () => {
        const rows = await query<Field>(sql.fields);
        rows.sort((a, b) => rank(a.name) - rank(b.name));
        return new Map(rows.map((row) => [row.id, row]));
      }),
    bands: (location) => bands(String(location), () => query<BandRow>(sql.bands, [location, modelDays])),
    summary: () => summary('', () => readSummary(query)),
  };
}

type Query = Store['query'];

async function readPlaces(query: Query): Promise<Places> {
  const [rows, open] = await Promise.all([
    query<Omit<Location, 'severity' | 'openAnomalies'>>(sql['all-locations']),
    query<{ location: number; open: number; worst: number }>(sql['open-anomalies']),
  ]);
  const openOf = new Map(open.map((row) => [row.location, row]));
  const byName = rows.map((row): Location => {
    const found = openOf.get(row.id);
    return {
      ...row,
      severity: severities[(found?.worst ?? 0) - 1] ?? null,
      openAnomalies: found?.open ?? 0,
    };
  });
  byName.sort((a, b) => compare(a.searchName, b.searchName) || a.id - b.id);
  return { byName, byId: new Map(byName.map((one) => [one.id, one])) };
}

/** By code unit, as the cursor compares. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function readSummary(query: Query): Promise<Summary> {
  const [row] = await query<
    { [Name in Severity]: number } & {
      locations: number;
      lastCollectionAt: Date | null;
      collectedLastHour: number;
      isFresh: number | null;
      affectedLocations: number;
    }
  >(sql.summary);
  if (row === undefined) throw new Error('an aggregate gave no row');
  const { locations, lastCollectionAt, collectedLastHour, isFresh, affectedLocations } = row;
  return {
    locations,
    affectedLocations,
    open: { minor: row.minor, major: row.major, severe: row.severe },
    lastCollectionAt,
    collectedLastHour,
    state: lastCollectionAt === null ? 'empty' : isFresh === 1 ? 'fresh' : 'stale',
  };
}
