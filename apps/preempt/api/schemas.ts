import { severities } from './store.ts';

const time = { type: 'string', format: 'date-time', description: 'UTC, RFC 3339' } as const;
const timeOrNull = { ...time, type: ['string', 'null'] } as const;
const severity = { type: 'string', enum: severities } as const;
const object = <Properties extends Record<string, object>>(properties: Properties) =>
  ({
    type: 'object',
    required: Object.keys(properties),
    additionalProperties: false,
    properties,
  }) as const;
const listOf = <Items extends object>(items: Items) => ({ type: 'array', items }) as const;

export const location = object({
  id: { type: 'integer' },
  name: { type: 'string' },
  country: { type: 'string', description: 'ISO 3166-1, two letters' },
  latitude: { type: 'number' },
  longitude: { type: 'number' },
  elevation: { type: ['number', 'null'], description: 'metres' },
  population: { type: 'integer' },
  timezone: { type: 'string', description: 'IANA' },
  collectedAt: timeOrNull,
  severity: {
    type: ['string', 'null'],
    enum: [...severities, null],
    description: 'of the worst open anomaly',
  },
  openAnomalies: { type: 'integer' },
});

export const anomaly = object({
  id: { type: 'integer' },
  location: object({ id: { type: 'integer' }, name: { type: 'string' }, country: { type: 'string' } }),
  field: { type: 'string' },
  unit: { type: 'string' },
  startedAt: time,
  endedAt: { ...timeOrNull, description: 'null while it lasts' },
  severity,
  score: { type: 'number', description: 'the highest of the event, in robust standard deviations' },
  peakAt: time,
  value: { type: 'number', description: 'at the peak' },
  expected: { type: 'number' },
  lowerBound: { type: 'number' },
  upperBound: { type: 'number' },
  explanation: { type: 'string' },
  judgedBy: { type: 'string' },
  withdrawn: {
    type: 'boolean',
    description: 'the source has corrected the value since: there was no event',
  },
  changedAt: time,
});

const nextCursor = {
  type: ['string', 'null'],
  description: 'the cursor of the next page; null on the last one',
} as const;

export const locationPage = object({ locations: listOf(location), nextCursor });
export const anomalyPage = object({ anomalies: listOf(anomaly), nextCursor });
export const fields = object({
  fields: listOf(object({ name: { type: 'string' }, unit: { type: 'string' } })),
});
export const locationDetail = object({
  ...location.properties,
  latest: listOf(
    object({
      field: { type: 'string' },
      unit: { type: 'string' },
      observedAt: time,
      value: { type: 'number' },
    }),
  ),
  anomalies: { ...listOf(anomaly), description: 'those that last' },
});
export const observations = object({
  location: { type: 'integer' },
  field: { type: 'string' },
  unit: { type: 'string' },
  from: time,
  to: time,
  bucketSeconds: {
    type: ['integer', 'null'],
    description: 'the length of a bucket; null when every observation stands for itself',
  },
  observations: listOf(
    object({
      at: { ...time, description: "the observation's time, or the beginning of its bucket" },
      mean: { type: 'number' },
      min: { type: 'number' },
      max: { type: 'number' },
      samples: { type: 'integer' },
    }),
  ),
  band: {
    ...listOf(
      object({
        at: time,
        expected: { type: 'number' },
        lower: { type: 'number' },
        upper: { type: 'number' },
      }),
    ),
    description:
      'what is usual at each time of the day, as the trainer learned it, or by median and median absolute deviation of the four weeks before the end of the range; empty when too little is known, or for more than 62 days',
  },
});
export const summary = object({
  locations: { type: 'integer' },
  affectedLocations: { type: 'integer' },
  open: object({ minor: { type: 'integer' }, major: { type: 'integer' }, severe: { type: 'integer' } }),
  lastCollectionAt: timeOrNull,
  collectedLastHour: { type: 'integer' },
  state: { type: 'string', enum: ['empty', 'fresh', 'stale'] },
});
export const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  additionalProperties: false,
  description: 'RFC 9457',
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    errors: listOf(object({ parameter: { type: 'string' }, message: { type: 'string' } })),
  },
} as const;

/** Adds the problems that a route may answer with; what any route may answer with is the default. */
export function responses(good: object, ...problems: readonly number[]): Record<string, object> {
  const documents = [...problems, 503, 'default'].map((status) => [
    status,
    { description: 'a problem', content: { 'application/problem+json': { schema: problem } } },
  ]);
  return { 200: good, ...Object.fromEntries(documents) };
}
