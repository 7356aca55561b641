import { roles, statuses } from './orders/states.ts';
import { kinds, type ProblemName } from './problems.ts';

const time = { type: 'string', format: 'date-time', description: 'UTC, RFC 3339' } as const;
const cents = { type: 'integer', minimum: 0, description: 'cents' } as const;
const uuid = { type: 'string', format: 'uuid' } as const;
/** An object of these properties, all of them and no others. */
export const object = <Properties extends Record<string, object>>(
  properties: Properties,
  optional: readonly (keyof Properties)[] = [],
) => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
  properties,
});
const listOf = (items: object) => ({ type: 'array', items });

/** Where an id fits into the column of it. */
export const dishId = { type: 'integer', minimum: 1, maximum: 2_147_483_647 } as const;
/** The text of a path or query that is a whole number. */
export const numberText = { type: 'string', pattern: '^[1-9][0-9]{0,8}$' } as const;
/** What people write: something, and neither a page of it nor what no terminal shows. */
export const words = (least: number, most: number) =>
  ({
    type: 'string',
    minLength: least,
    maxLength: most,
    pattern: '^[^\\u0000-\\u0008\\u000b-\\u001f]*$',
  }) as const;

export const restaurant = object({
  id: { type: 'integer' },
  slug: { type: 'string' },
  name: { type: 'string' },
  cuisine: { type: 'string' },
  description: { type: 'string' },
  isOpen: { type: 'boolean' },
});
export const dish = object({
  id: { type: 'integer' },
  section: { type: 'string' },
  name: { type: 'string' },
  description: { type: 'string' },
  vegetarian: { type: 'boolean' },
  priceCents: cents,
  stock: { type: 'integer', description: 'how many are left' },
  isOffered: { type: 'boolean' },
});
export const restaurants = object({ restaurants: listOf(restaurant) });
export const menu = object({ restaurant, dishes: listOf(dish) });
export const foundDishes = object({
  dishes: listOf(object({ ...dish.properties, restaurant: { type: 'string' } })),
});

export const account = object({
  id: uuid,
  email: { type: 'string' },
  name: { type: 'string' },
  role: { type: 'string', enum: roles },
  restaurant: { type: ['integer', 'null'], description: 'whose kitchen it is' },
  createdAt: time,
});
export const session = object({
  accessToken: { type: 'string' },
  expiresIn: { type: 'integer', description: 'seconds' },
  account: object({
    id: uuid,
    name: { type: 'string' },
    role: { type: 'string', enum: roles },
    restaurant: { type: ['integer', 'null'] },
  }),
});

export const cart = object({
  items: listOf(
    object({
      dish: { type: 'integer' },
      name: { type: 'string' },
      restaurant: { type: 'string' },
      priceCents: cents,
      quantity: { type: 'integer' },
      canBeHad: { type: 'boolean', description: 'offered, and enough of it left' },
    }),
  ),
  totalCents: cents,
});

export const order = object({
  id: uuid,
  number: { type: 'integer' },
  restaurant: { type: 'string' },
  status: { type: 'string', enum: statuses },
  version: { type: 'integer', description: 'of two views the one with more is the newer' },
  items: listOf(
    object({
      dish: { type: 'integer' },
      name: { type: 'string' },
      priceCents: cents,
      quantity: { type: 'integer' },
    }),
  ),
  totalCents: cents,
  address: { type: ['string', 'null'], description: 'null for a kitchen' },
  note: { type: 'string' },
  placedAt: time,
  changedAt: time,
});
export const orderWithChanges = object({
  ...order.properties,
  changes: listOf(object({ version: { type: 'integer' }, status: { type: 'string' }, at: time })),
});
export const orders = object({ orders: listOf(order) });
export const orderPage = object({
  orders: listOf(order),
  nextBefore: { type: ['integer', 'null'], description: '`before` of the next page; null on the last' },
});

export const auditPage = object({
  entries: listOf(
    object({
      id: { type: 'integer' },
      at: time,
      action: { type: 'string' },
      actor: { type: ['string', 'null'] },
      subject: { type: 'string' },
      address: { type: 'string' },
      details: { type: 'object', additionalProperties: true },
    }),
  ),
  nextBefore: { type: ['integer', 'null'] },
});

/** What is ordered, or kept in a cart. */
export const wantedItems = (least: number) => ({
  type: 'array',
  minItems: least,
  maxItems: 50,
  items: object({ dish: dishId, quantity: { type: 'integer', minimum: 1, maximum: 50 } }),
});

const problem = object(
  {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    errors: listOf({ type: 'object', additionalProperties: true }),
  },
  ['instance', 'errors'],
);
const problemContent = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
});

/** What a route answers: its own, and the problems that are its own; any route may answer with others. */
export function responses(
  good: Readonly<Record<number, object>>,
  ...problems: readonly ProblemName[]
): Record<string, object> {
  const byStatus: Record<string, string[]> = {};
  for (const name of problems) {
    const { status } = kinds[name];
    byStatus[status] = [...(byStatus[status] ?? []), name];
  }
  const documents = Object.entries(byStatus).map(([status, names]) => [
    status,
    problemContent(names.join(', ')),
  ]);
  return { ...good, ...Object.fromEntries(documents), default: problemContent('another problem') };
}

/** A stream of events, and what they are. */
export function streamResponses(...problems: readonly ProblemName[]): Record<string, object> {
  const good = { description: 'events', content: { 'text/event-stream': { schema: { type: 'string' } } } };
  return responses({ 200: good }, ...problems);
}

export const nothing = { type: 'null', description: 'done' } as const;
export const signedIn = [{ bearer: [] }] as const;
