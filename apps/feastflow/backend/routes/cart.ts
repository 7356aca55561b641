import { inTransaction, type Pool } from '@plumbline/kit/postgres';
import type { FastifyInstance } from 'fastify';
import { sql } from '../../sql/index.ts';
import { anybody, identityOf } from '../access.ts';
import { Problem } from '../problems.ts';
import * as schemas from '../schemas.ts';

interface CartRow {
  readonly priceCents: number;
  readonly quantity: number;
}

interface Item {
  readonly dish: number;
  readonly quantity: number;
}

/** `/api/cart`: what somebody means to order, at today's prices. It takes nothing of the stock. */
export function addCartRoutes(app: FastifyInstance, pool: Pool): void {
  const cartOf = async (account: string) => {
    const { rows } = await pool.query<CartRow>(sql.cart, [account]);
    return {
      items: rows,
      totalCents: rows.reduce((sum, { priceCents, quantity }) => sum + priceCents * quantity, 0),
    };
  };
  const common = { tags: ['cart'], security: schemas.signedIn };
  app.get(
    '/api/cart',
    {
      schema: {
        ...common,
        summary: 'The cart, at today’s prices',
        response: schemas.responses({ 200: schemas.cart }, 'not-signed-in'),
      },
      config: { access: anybody },
    },
    (request) => cartOf(identityOf(request).account),
  );
  app.put(
    '/api/cart',
    {
      schema: {
        ...common,
        summary: 'The cart as it shall be from now on: dishes of one restaurant',
        body: schemas.object({ items: schemas.wantedItems(0) }),
        response: schemas.responses(
          { 200: schemas.cart },
          ...(['invalid-request', 'not-signed-in', 'contradictory-request'] as const),
        ),
      },
      config: { access: anybody },
    },
    async (request) => {
      const { account } = identityOf(request);
      const { items } = request.body as { items: readonly Item[] };
      await judgeCart(pool, items);
      await inTransaction(pool, async (client) => {
        await client.query(sql['lock-cart'], [account]);
        await client.query(sql['clear-cart'], [account]);
        const values = [items.map(({ dish }) => dish), items.map(({ quantity }) => quantity)];
        await client.query(sql['fill-cart'], [account, ...values]);
      });
      return cartOf(account);
    },
  );
  app.delete(
    '/api/cart',
    {
      schema: {
        ...common,
        summary: 'Empties the cart',
        response: schemas.responses({ 204: schemas.nothing }, 'not-signed-in'),
      },
      config: { access: anybody },
    },
    async (request, reply) => {
      await pool.query(sql['clear-cart'], [identityOf(request).account]);
      return reply.status(204).send();
    },
  );
}

async function judgeCart(pool: Pool, items: readonly Item[]): Promise<void> {
  const dishes = items.map(({ dish }) => dish);
  if (new Set(dishes).size < dishes.length)
    throw new Problem('contradictory-request', 'items: a dish is there twice');
  const { rows } = await pool.query<{ dish: number; restaurant: number }>(sql['restaurants-of'], [dishes]);
  if (rows.length < dishes.length)
    throw new Problem('contradictory-request', 'items: there is no such dish', {
      errors: dishes.filter((dish) => rows.every((row) => row.dish !== dish)).map((dish) => ({ dish })),
    });
  if (new Set(rows.map(({ restaurant }) => restaurant)).size > 1)
    throw new Problem('contradictory-request', 'items: they are of several restaurants');
}
