import type { FastifyInstance } from 'fastify';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { Problem } from '../problems.ts';
import { remember } from '../remember.ts';
import * as schemas from '../schemas.ts';
import type { Field, Severity, Store } from '../store.ts';
import { timeOf, times } from '../times.ts';
import { type AnomalyView, anomalyPageOf } from './anomaly-view.ts';
import { none } from './locations.ts';

interface Query {
  readonly state: 'open' | 'all';
  readonly severity?: string;
  readonly field?: string;
  readonly location?: number;
  readonly since?: string;
  readonly limit: number;
  readonly cursor?: string;
}

const querystring = {
  type: 'object',
  additionalProperties: false,
  properties: {
    state: { type: 'string', enum: ['open', 'all'], default: 'open', description: 'open: those that last' },
    severity: {
      type: 'string',
      pattern: '^(minor|major|severe)(,(minor|major|severe))*$',
      description: 'some of minor, major, severe, between commas',
      examples: ['major,severe'],
    },
    field: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,63}$', examples: ['temperature_2m'] },
    location: { type: 'integer', minimum: 1, maximum: 4_294_967_295 },
    since: { type: 'string', format: 'date-time', description: 'began then or later' },
    limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    cursor: { type: 'string', maxLength: 600, description: 'nextCursor of the page before' },
  },
} as const;

const order = 'anomalies';
/** Of anomalies. */
const numbers = { least: 1, most: Number.MAX_SAFE_INTEGER } as const;

/** `/api/anomalies`, `/api/fields` and `/api/summary`. */
export function addAnomalyRoutes(app: FastifyInstance, store: Store): void {
  const pages = remember<AnomalyView[]>({ milliseconds: 1000, most: 300 });
  app.get(
    '/api/anomalies',
    {
      schema: {
        summary: 'Anomalies, the newest first',
        tags: ['anomalies'],
        querystring,
        response: schemas.responses(schemas.anomalyPage, 400, 404, 422),
      },
      config: { maxAge: 2 },
    },
    async (request) => {
      const query = request.query as Query;
      const field = query.field === undefined ? undefined : await fieldNamed(store, query.field);
      const [time, id] =
        query.cursor === undefined ? [] : decodeCursor(order, query.cursor, [times, numbers]);
      const found = await pages(JSON.stringify(query), () =>
        anomalyPageOf(store, {
          state: query.state,
          // One more than is given says whether there are more.
          limit: query.limit + 1,
          ...(field === undefined ? {} : { field: field.id }),
          ...(query.location === undefined ? {} : { location: query.location }),
          ...(query.since === undefined ? {} : { since: timeOf('since', query.since) }),
          ...(query.severity === undefined ? {} : { severities: query.severity.split(',') as Severity[] }),
          ...(time === undefined ? {} : { after: { startedAt: new Date(time), id: Number(id) } }),
        }),
      );
      const page = found.slice(0, query.limit);
      const last = page.at(-1);
      const more = last !== undefined && found.length > page.length;
      return {
        anomalies: page,
        nextCursor: more ? encodeCursor(order, [last.startedAt.getTime(), last.id]) : null,
      };
    },
  );

  app.get(
    '/api/fields',
    {
      schema: {
        summary: 'What is measured',
        tags: ['fields'],
        querystring: none,
        response: schemas.responses(schemas.fields, 400),
      },
      config: { maxAge: 60 },
    },
    async () => ({ fields: [...(await store.fields()).values()] }),
  );

  app.get(
    '/api/summary',
    {
      schema: {
        summary: 'How many anomalies last, and how fresh the weather is',
        tags: ['summary'],
        querystring: none,
        response: schemas.responses(schemas.summary, 400),
      },
      config: { maxAge: 2 },
    },
    () => store.summary(),
  );
}

/** @throws Problem when nothing of that name is measured. */
export async function fieldNamed(store: Store, name: string): Promise<Field> {
  for (const field of (await store.fields()).values()) if (field.name === name) return field;
  throw new Problem('not-found', `nothing called ${name} is measured; /api/fields lists what is`);
}
