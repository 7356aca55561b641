import type { Redis } from '@plumbline/kit/redis';
import type { FastifyInstance } from 'fastify';
import { bandOver, longestBand, profileFor } from '../expected-band.ts';
import { Problem } from '../problems.ts';
import { remember } from '../remember.ts';
import * as schemas from '../schemas.ts';
import { sql } from '../sql/index.ts';
import type { Field, Store } from '../store.ts';
import { timeOf } from '../times.ts';
import { fieldNamed } from './anomalies.ts';
import { locationOf, locationParams } from './locations.ts';

const minute = 60_000;
const day = 86_400_000;
const longestRange = 400 * day;

interface Query {
  readonly field: string;
  readonly from?: string;
  readonly to?: string;
  readonly points: number;
}

const querystring = {
  type: 'object',
  additionalProperties: false,
  required: ['field'],
  properties: {
    field: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,63}$', examples: ['temperature_2m'] },
    from: { type: 'string', format: 'date-time', description: 'included; a week before `to` by default' },
    to: { type: 'string', format: 'date-time', description: 'not included; now by default' },
    points: {
      type: 'integer',
      minimum: 10,
      maximum: 2000,
      default: 400,
      description: 'at most so many; beyond, values are gathered in buckets with their extremes',
    },
  },
} as const;

interface Range {
  readonly from: Date;
  readonly to: Date;
}

interface Point {
  readonly at: Date;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly samples: number;
}

/** `/api/locations/:id/observations`. */
export function addObservationRoute(app: FastifyInstance, store: Store, redis: Redis): void {
  const answers = remember<object>({ milliseconds: 3000, most: 200 });
  app.get(
    '/api/locations/:id/observations',
    {
      schema: {
        summary:
          'What was measured of one field, thinned without losing extremes, with the band of what is usual',
        tags: ['locations'],
        params: locationParams,
        querystring,
        response: schemas.responses(schemas.observations, 400, 404, 422),
      },
      config: { maxAge: 10 },
    },
    async (request) => {
      const { id } = request.params as { id: number };
      const query = request.query as Query;
      const range = rangeOf(query, Date.now());
      const [location, field] = await Promise.all([locationOf(store, id), fieldNamed(store, query.field)]);
      const key = `${id}/${field.id}/${range.from.getTime()}/${range.to.getTime()}/${query.points}`;
      return answers(key, async () => {
        const [points, band] = await Promise.all([
          pointsOf(store, location.id, field, range, query.points),
          bandOf(store, redis, location.id, field, range),
        ]);
        return { location: id, field: field.name, unit: field.unit, ...range, ...points, band };
      });
    },
  );
}

/** The range that is asked for. What was not said ends with the next whole minute, so that neighbours share an answer. */
function rangeOf(query: Query, now: number): Range {
  const to = query.to === undefined ? new Date(Math.ceil(now / minute) * minute) : timeOf('to', query.to);
  const from = query.from === undefined ? new Date(to.getTime() - 7 * day) : timeOf('from', query.from);
  if (from >= to) throw new Problem('contradictory-request', 'from: it has to be before `to`');
  if (to.getTime() - from.getTime() > longestRange)
    throw new Problem('contradictory-request', 'from: a range has at most 400 days');
  return { from, to };
}

/** Lengths of buckets, in seconds: people read such times. */
const lengths = [
  60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 345_600, 604_800,
];

/** Every value where they are few enough, else the least, the greatest and the mean of each bucket. */
async function pointsOf(store: Store, location: number, field: Field, { from, to }: Range, most: number) {
  const where = [location, field.id, from, to];
  const rows = await store.query<{ at: Date; value: number }>(sql.observations, [...where, most + 1]);
  if (rows.length <= most) {
    const observations = rows.map(({ at, value }) => ({
      at,
      mean: value,
      min: value,
      max: value,
      samples: 1,
    }));
    return { bucketSeconds: null, observations };
  }
  const wanted = (to.getTime() - from.getTime()) / 1000 / (most - 1);
  const bucketSeconds = lengths.find((length) => length >= wanted) ?? Math.ceil(wanted / 86_400) * 86_400;
  const buckets = await store.query<{
    bucket: number;
    least: number;
    most: number;
    mean: number;
    samples: number;
  }>(sql.buckets, [bucketSeconds, ...where]);
  const observations = buckets.map(
    (row): Point => ({
      at: new Date(row.bucket * bucketSeconds * 1000),
      mean: Math.round(row.mean * 1000) / 1000,
      min: row.least,
      max: row.most,
      samples: row.samples,
    }),
  );
  return { bucketSeconds, observations };
}

async function bandOf(store: Store, redis: Redis, location: number, field: Field, { from, to }: Range) {
  if (to.getTime() - from.getTime() > longestBand) return [];
  const until = Math.min(to.getTime(), Date.now());
  const profile = await profileFor(store, redis, location, field, until);
  return profile === undefined ? [] : bandOver(profile, from.getTime(), to.getTime());
}
