import { eventSchema, eventSchemas } from '../event/index.ts';

const example = {
  id: '7f0c2f4e-9d3b-4c51-8a52-3a8f5f2f6c10',
  type: 'view',
  occurredAt: '2026-03-01T12:00:00.000Z',
  session: '0b9f5f0a-6a51-4f0e-9a3e-51b7f9f7c001',
  customer: '5f0e3d1c-2b4a-4d68-8c7e-90a1b2c3d4e5',
  product: 'kettle-01',
  category: 'kitchen',
} as const;

const event = { ...eventSchema, discriminator: undefined, oneOf: Object.values(eventSchemas) };

const problem = {
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
    errors: {
      type: 'array',
      description: 'each event that is none',
      items: {
        type: 'object',
        required: ['index', 'pointer', 'message'],
        additionalProperties: false,
        properties: {
          index: { type: 'integer', minimum: 0, description: 'its place in the request, from 0' },
          pointer: { type: 'string', description: 'where in it: a JSON pointer' },
          message: { type: 'string' },
        },
      },
    },
  },
} as const;

const refused = (description: string, headers?: object) => ({
  description,
  ...(headers === undefined ? {} : { headers }),
  content: { 'application/problem+json': { schema: problem } },
});
const comeBack = { 'retry-after': { type: 'integer', description: 'seconds' } };

/** What the OpenAPI document says of `POST /events`. */
export const eventsDocument = {
  operationId: 'sendEvents',
  summary: 'Takes one event, or a batch',
  description:
    'Answered once Kafka has acknowledged every event of the request, on all replicas in sync.\nAn event with an id that was sent before is the same event: send again whatever was not answered with 202.\nOne wrong event, and nothing of the request is taken.',
  tags: ['events'],
  body: {
    content: {
      'application/json': {
        schema: { oneOf: [event, { type: 'array', minItems: 1, items: event }], examples: [[example]] },
      },
      'application/x-ndjson': {
        schema: { type: 'string', description: 'one event a line', examples: [JSON.stringify(example)] },
      },
    },
  },
  response: {
    202: {
      description: 'every event is in the topic',
      type: 'object',
      required: ['accepted', 'receivedAt'],
      additionalProperties: false,
      properties: {
        accepted: { type: 'integer', minimum: 1 },
        receivedAt: {
          type: 'string',
          format: 'date-time',
          description: 'what the events carry in the topic',
        },
      },
    },
    400: refused('the body cannot be read'),
    401: refused('the token is missing or wrong'),
    413: refused('more bytes or events than a request may have'),
    415: refused('the body is of another type, or compressed'),
    422: refused('some of the events are none; nothing was taken'),
    503: refused('Kafka is away, or too much waits', comeBack),
    default: refused('a problem'),
  },
} as const;
