import type { FastifyInstance } from 'fastify';
import { nameFits, searchName } from '../../search-name.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { Problem } from '../problems.ts';
import { locationDetail, locationPage, responses } from '../schemas.ts';
import { sql } from '../sql/index.ts';
import { compare, type Location, type Store } from '../store.ts';
import { anomalyPageOf } from './anomaly-view.ts';

interface Query {
  readonly q?: string;
  readonly country?: string;
  readonly severity?: string;
  readonly bbox?: string;
  readonly sort: 'name' | 'population';
  readonly limit: number;
  readonly cursor?: string;
}

const querystring = {
  type: 'object',
  additionalProperties: false,
  properties: {
    q: {
      type: 'string',
      maxLength: 100,
      description: 'words that words of the name begin with; case and marks do not matter',
      examples: ['sao pau'],
    },
    country: { type: 'string', pattern: '^[A-Za-z]{2}$', description: 'ISO 3166-1', examples: ['NL'] },
    severity: {
      type: 'string',
      pattern: '^(minor|major|severe|none)(,(minor|major|severe|none))*$',
      description: 'of the worst open anomaly: some of minor, major, severe, none, between commas',
      examples: ['major,severe'],
    },
    bbox: {
      type: 'string',
      pattern: '^-?\\d{1,3}(\\.\\d{1,6})?(,-?\\d{1,3}(\\.\\d{1,6})?){3}$',
      description: 'west,south,east,north in degrees; west above east crosses the date line',
      examples: ['-10,35,30,60'],
    },
    sort: { type: 'string', enum: ['name', 'population'], default: 'name' },
    limit: { type: 'integer', minimum: 1, maximum: 1000, default: 50 },
    cursor: { type: 'string', maxLength: 600, description: 'nextCursor of the page before' },
  },
} as const;

/** `/api/locations` and `/api/locations/:id`. */
export function addLocationRoutes(app: FastifyInstance, store: Store): void {
  app.get(
    '/api/locations',
    {
      schema: {
        summary: 'Locations, by name or by population',
        tags: ['locations'],
        querystring,
        response: responses(locationPage, 400, 422),
      },
      config: { maxAge: 5 },
    },
    async (request) => {
      const query = request.query as Query;
      const { byName } = await store.places();
      const rows = byName.filter(chosenBy(query));
      if (query.sort === 'population') rows.sort((a, b) => b.population - a.population || a.id - b.id);
      const order = `locations/${query.sort}`;
      const start = query.cursor === undefined ? 0 : firstAfter(rows, query, order, query.cursor);
      const page = rows.slice(start, start + query.limit);
      const last = page.at(-1);
      const more = last !== undefined && start + page.length < rows.length;
      const key = query.sort === 'name' ? last?.searchName : last?.population;
      return { locations: page, nextCursor: more ? encodeCursor(order, [key ?? '', last.id]) : null };
    },
  );

  app.get(
    '/api/locations/:id',
    {
      schema: {
        summary: 'A location, its newest values, and its open anomalies',
        tags: ['locations'],
        params: locationParams,
        querystring: none,
        response: responses(locationDetail, 400, 404),
      },
      config: { maxAge: 5 },
    },
    async (request) => {
      const { id } = request.params as { id: number };
      const [location, fields] = await Promise.all([locationOf(store, id), store.fields()]);
      const [latest, anomalies] = await Promise.all([
        store.query<{ field: number; observedAt: Date; value: number }>(sql['latest-values'], [id, id]),
        location.openAnomalies === 0 ? [] : anomalyPageOf(store, { location: id, limit: 100 }),
      ]);
      const known = [...fields.values()].flatMap((field) => {
        const found = latest.find((row) => row.field === field.id);
        return found === undefined ? [] : [{ ...found, field: field.name, unit: field.unit }];
      });
      return { ...location, latest: known, anomalies };
    },
  );
}

/** As the columns are. */
const ids = { least: 1, most: 4_294_967_295 } as const;
const populations = { least: 0, most: 4_294_967_295 } as const;

/** A query that takes nothing. */
export const none = { type: 'object', additionalProperties: false, properties: {} } as const;

export const locationParams = {
  type: 'object',
  required: ['id'],
  properties: {
    id: {
      type: 'integer',
      minimum: ids.least,
      maximum: ids.most,
      description: "the gazetteer's number",
    },
  },
} as const;

/** @throws Problem when there is none. */
export async function locationOf(store: Store, id: number): Promise<Location> {
  const found = (await store.places()).byId.get(id);
  if (found === undefined) throw new Problem('not-found', `there is no location ${id}`);
  return found;
}

function chosenBy({ q, country, severity, bbox }: Query): (location: Location) => boolean {
  const typed = q === undefined ? [] : searchName(q).split(' ').filter(Boolean);
  // Something was asked for, and no name here has such letters.
  const nothing = q !== undefined && q.trim() !== '' && typed.length === 0;
  const land = country?.toUpperCase();
  const wanted = severity?.split(',');
  const box = bbox === undefined ? undefined : boxOf(bbox);
  return (location) =>
    !nothing &&
    nameFits(location.searchName, typed) &&
    (land === undefined || location.country === land) &&
    (wanted === undefined || wanted.includes(location.severity ?? 'none')) &&
    (box === undefined || box(location));
}

function boxOf(bbox: string): (location: Location) => boolean {
  const [west = 0, south = 0, east = 0, north = 0] = bbox.split(',').map(Number);
  if (Math.abs(west) > 180 || Math.abs(east) > 180 || south < -90 || north > 90 || south > north) {
    throw new Problem(
      'contradictory-request',
      'bbox: it takes west and east from -180 to 180, and south below north from -90 to 90',
    );
  }
  const within = (longitude: number) =>
    west <= east ? longitude >= west && longitude <= east : longitude >= west || longitude <= east;
  return ({ latitude, longitude }) => latitude >= south && latitude <= north && within(longitude);
}

function firstAfter(rows: readonly Location[], { sort }: Query, order: string, cursor: string): number {
  const byName = sort === 'name';
  const [key = '', id = 0] = decodeCursor(order, cursor, [byName ? 'text' : populations, ids]);
  const isAfter = (row: Location) => {
    const apart = byName ? compare(row.searchName, String(key)) : Number(key) - row.population;
    return apart > 0 || (apart === 0 && row.id > Number(id));
  };
  const found = rows.findIndex(isAfter);
  return found === -1 ? rows.length : found;
}
