import { devices, sources } from './event.ts';

const uuid = { type: 'string', format: 'uuid' } as const;
const word = (description: string) =>
  ({ type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', description }) as const;
const product = word('of the catalogue: letters, digits, dots, underscores, hyphens; at most 64');
const category = word('of the catalogue');
/** A hundred million of any currency: a sum of them all is exact in a double, and in a bigint of Cassandra. */
const cents = (description: string) =>
  ({ type: 'integer', minimum: 0, maximum: 10_000_000_000, description }) as const;
const priceCents = cents('of one piece, in hundredths of the currency');
const quantity = { type: 'integer', minimum: 1, maximum: 1000 } as const;
const currency = { type: 'string', pattern: '^[A-Z]{3}$', description: 'ISO 4217' } as const;

const common = {
  id: { ...uuid, description: "the client's own: an event that is sent again has the same" },
  occurredAt: {
    type: 'string',
    format: 'date-time',
    // UTC to the millisecond, no leap second: what every reader after this one takes.
    pattern: '^20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:[0-5]\\d(?:\\.\\d{1,3})?Z$',
    description:
      "when it happened, in UTC: 2026-03-01T12:00:00.000Z; at most five minutes ahead of the gateway's clock",
  },
  session: { ...uuid, description: 'what happens in a session keeps its order' },
  customer: { ...uuid, description: 'who it is over all sessions' },
} as const;

const event = <Type extends string, Properties extends Record<string, object>>(
  type: Type,
  description: string,
  properties: Properties,
) =>
  ({
    type: 'object',
    title: type,
    description,
    required: ['id', 'type', 'occurredAt', 'session', 'customer', ...Object.keys(properties)],
    additionalProperties: false,
    properties: { type: { type: 'string', const: type }, ...common, ...properties },
  }) as const;

const line = {
  type: 'object',
  required: ['product', 'category', 'quantity', 'priceCents'],
  additionalProperties: false,
  properties: { product, category, quantity, priceCents },
} as const;

/** The events by their type. */
export const eventSchemas = {
  session: event('session', 'a visit begins', {
    country: { type: 'string', pattern: '^[A-Z]{2}$', description: 'ISO 3166-1' },
    device: { type: 'string', enum: devices },
    source: { type: 'string', enum: sources, description: 'what led here' },
  }),
  view: event('view', 'a product is looked at', { product, category }),
  cart: event('cart', 'something goes into the cart, or out of it', {
    action: { type: 'string', enum: ['add', 'remove'] },
    ...{ product, category, quantity, priceCents, currency },
  }),
  purchase: event('purchase', 'an order is placed', {
    order: uuid,
    lines: { type: 'array', minItems: 1, maxItems: 100, items: line },
    amountCents: cents('of all lines together: each quantity by its price'),
    currency,
  }),
} as const;

/** One event: which fields it has is told by its type. */
export const eventSchema = {
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: Object.values(eventSchemas),
} as const;
