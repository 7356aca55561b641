import type { Pool } from '@plumbline/kit/postgres';
import type { FastifyInstance } from 'fastify';
import { sql } from '../../sql/index.ts';
import { anybody, identityOf } from '../access.ts';
import type { BackendMetrics } from '../metrics.ts';
import { moveOrder } from '../orders/move-order.ts';
import { ordersById, placedBefore, placeOrder, type Wanted } from '../orders/place-order.ts';
import { type Person, partsOf, type Status, statuses } from '../orders/states.ts';
import { type OrderRow, ofSomebody, orderView } from '../orders/views.ts';
import { Problem } from '../problems.ts';
import { spend } from '../rates.ts';
import * as schemas from '../schemas.ts';

export interface OrderOptions {
  readonly pool: Pool;
  readonly metrics: BackendMetrics;
  readonly ordersPerMinute: number;
}

const pageLength = 20;
const lastNumber = 9_007_199_254_740_991;
export const orderParams = schemas.object({ id: { type: 'string', format: 'uuid' } });

/** An order as this person sees it. @throws Problem when it is not theirs to see, or not there: it is not said which. */
export async function orderFor(pool: Pool, person: Person, id: string) {
  const [row] = await ordersById(pool, [id]);
  const parts = row === undefined ? [] : partsOf(person, ofSomebody(row));
  if (row === undefined || parts.length === 0) throw new Problem('not-found', 'there is no such order');
  return { row, view: orderView(row, parts) };
}

/** `/api/orders`. */
export function addOrderRoutes(app: FastifyInstance, { pool, metrics, ordersPerMinute }: OrderOptions): void {
  const common = { tags: ['orders'], security: schemas.signedIn };
  app.post(
    '/api/orders',
    {
      schema: {
        ...common,
        summary: 'Places an order, once for an Idempotency-Key',
        description:
          'Prices come from the menu. The same key again gives the same order (200), from any replica and however often; what is refused leaves nothing behind, and its key free. Dishes that were ordered leave the cart.',
        headers: {
          type: 'object',
          required: ['idempotency-key'],
          properties: {
            'idempotency-key': {
              type: 'string',
              pattern: '^[\\x21-\\x7e]{8,100}$',
              description: 'a UUID, say',
            },
          },
        },
        body: schemas.object(
          {
            items: schemas.wantedItems(1),
            address: schemas.words(1, 300),
            note: schemas.words(0, 500),
            expectedTotalCents: {
              type: 'integer',
              minimum: 1,
              maximum: lastNumber,
              description: 'another total is refused',
            },
          },
          ['note', 'expectedTotalCents'],
        ),
        response: schemas.responses(
          { 200: schemas.order, 201: schemas.order },
          ...(['invalid-request', 'not-signed-in', 'sold-out', 'not-offered', 'price-changed'] as const),
          ...(['contradictory-request', 'key-reused', 'too-many-requests'] as const),
        ),
      },
      config: { access: anybody },
    },
    async (request, reply) => {
      const person = identityOf(request);
      const key = String(request.headers['idempotency-key']);
      const { note = '', ...asked } = request.body as Omit<Wanted, 'note'> & { note?: string };
      const wanted = { ...asked, note };
      const place = async () => {
        try {
          await spend(pool, 'orders', person.account, ordersPerMinute);
        } catch (error) {
          // Whoever asks what came of an order would take "too many" for "none", and order again by another key.
          const before = await placedBefore(pool, person.account, key, wanted);
          if (before === undefined) throw error;
          return before;
        }
        return placeOrder(pool, person.account, key, wanted);
      };
      const placed = await place().catch((error) => {
        metrics.ordered(error instanceof Problem ? error.kind : 'failed');
        throw error;
      });
      metrics.ordered(placed.again ? 'again' : 'placed');
      const { view } = await orderFor(pool, person, placed.id);
      reply.header('location', `/api/orders/${placed.id}`);
      return reply.status(placed.again ? 200 : 201).send(view);
    },
  );
  app.get(
    '/api/orders',
    {
      schema: {
        ...common,
        summary: 'Your orders, the newest first',
        querystring: schemas.object(
          {
            before: { type: 'string', pattern: '^[1-9][0-9]{0,14}$', description: 'numbers below this one' },
          },
          ['before'],
        ),
        response: schemas.responses({ 200: schemas.orderPage }, 'invalid-request', 'not-signed-in'),
      },
      config: { access: anybody },
    },
    async (request) => {
      const person = identityOf(request);
      const { before = lastNumber } = request.query as { before?: string };
      const values = [person.account, before, pageLength + 1];
      const { rows } = await pool.query<OrderRow>(sql['orders-of-account'], values);
      const page = rows.slice(0, pageLength);
      return {
        orders: page.map((row) => orderView(row, partsOf(person, ofSomebody(row)))),
        nextBefore: rows.length > pageLength ? Number(page.at(-1)?.number) : null,
      };
    },
  );
  app.get(
    '/api/orders/:id',
    {
      schema: {
        ...common,
        summary: 'An order, and how it got where it is',
        params: orderParams,
        response: schemas.responses(
          { 200: schemas.orderWithChanges },
          ...(['invalid-request', 'not-signed-in', 'not-found'] as const),
        ),
      },
      config: { access: anybody },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      const { view } = await orderFor(pool, identityOf(request), id);
      return { ...view, changes: (await pool.query(sql['order-changes'], [id])).rows };
    },
  );
  app.post(
    '/api/orders/:id/status',
    {
      schema: {
        ...common,
        summary: 'Takes an order a step further',
        description:
          'A kitchen accepts or rejects, prepares, and says that it is ready; a courier takes it and brings it; whoever ordered may cancel until it is accepted, an admin until it is on its way. `version` is what you saw: if it has changed since, nothing happens.',
        params: orderParams,
        body: schemas.object(
          { status: { type: 'string', enum: statuses }, version: { type: 'integer', minimum: 1 } },
          ['version'],
        ),
        response: schemas.responses(
          { 200: schemas.order },
          ...(['invalid-request', 'not-signed-in', 'not-yours-to-do', 'not-found', 'wrong-step'] as const),
        ),
      },
      config: { access: anybody },
    },
    async (request) => {
      const person = identityOf(request);
      const { id } = request.params as { id: string };
      await moveOrder(pool, person, id, request.body as { status: Status; version?: number });
      return (await orderFor(pool, person, id)).view;
    },
  );
}
