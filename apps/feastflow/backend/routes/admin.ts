import { inTransaction, type Pool, sqlState } from '@plumbline/kit/postgres';
import type { FastifyInstance } from 'fastify';
import { sql } from '../../sql/index.ts';
import { identityOf } from '../access.ts';
import { audit } from '../audit.ts';
import { type Role, roles } from '../orders/states.ts';
import { Problem } from '../problems.ts';
import * as schemas from '../schemas.ts';

const pageLength = 100;
const lastEntry = 9_007_199_254_740_991;
const noSuchReference = '23503';

interface DishChange {
  readonly stock?: number;
  readonly isOffered?: boolean;
  readonly priceCents?: number;
}

/** What changes a menu, and what only an admin may. All of it is in the audit log. */
export function addAdminRoutes(app: FastifyInstance, pool: Pool): void {
  app.patch(
    '/api/dishes/:id',
    {
      schema: {
        summary:
          'Changes a dish: a kitchen its own ones’ stock and whether they are offered, an admin prices too',
        tags: ['kitchen'],
        security: schemas.signedIn,
        params: schemas.object({ id: schemas.numberText }),
        body: {
          ...schemas.object(
            {
              stock: { type: 'integer', minimum: 0, maximum: 1_000_000 },
              isOffered: { type: 'boolean' },
              priceCents: { type: 'integer', minimum: 1, maximum: 1_000_000 },
            },
            ['stock', 'isOffered', 'priceCents'],
          ),
          minProperties: 1,
        },
        response: schemas.responses(
          { 200: schemas.dish },
          ...(['invalid-request', 'not-signed-in', 'not-yours-to-do', 'not-found'] as const),
        ),
      },
      config: { access: ['kitchen', 'admin'] },
    },
    async (request) => {
      const { account, role, restaurant } = identityOf(request);
      const { id } = request.params as { id: string };
      const change = request.body as DishChange;
      if (change.priceCents !== undefined && role !== 'admin')
        throw new Problem('not-yours-to-do', 'prices are for an admin to change');
      const { stock = null, isOffered = null, priceCents = null } = change;
      return inTransaction(pool, async (client) => {
        const own = role === 'kitchen' ? restaurant : null;
        const { rows } = await client.query(sql['set-dish'], [id, own, stock, isOffered, priceCents]);
        if (rows[0] === undefined) throw new Problem('not-found', 'there is no such dish of yours');
        await audit(client, {
          action: 'dish.changed',
          actor: account,
          subject: id,
          address: request.ip,
          details: change,
        });
        return rows[0];
      });
    },
  );
  app.put(
    '/api/accounts/:id/role',
    {
      schema: {
        summary: 'Gives an account a role, and a kitchen its restaurant',
        tags: ['admin'],
        security: schemas.signedIn,
        params: schemas.object({ id: { type: 'string', format: 'uuid' } }),
        body: schemas.object({ role: { type: 'string', enum: roles }, restaurant: schemas.dishId }, [
          'restaurant',
        ]),
        response: schemas.responses(
          { 200: schemas.account },
          ...(['invalid-request', 'not-signed-in', 'not-yours-to-do', 'not-found'] as const),
          'contradictory-request',
        ),
      },
      config: { access: ['admin'] },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      const { role, restaurant = null } = request.body as { role: Role; restaurant?: number };
      if ((role === 'kitchen') !== (restaurant !== null))
        throw new Problem('contradictory-request', 'restaurant: a kitchen has one, and nobody else');
      const { account } = identityOf(request);
      if (id === account)
        throw new Problem('contradictory-request', 'id: an admin’s own role is for another one to change');
      return inTransaction(pool, async (client) => {
        const { rows } = await client.query(sql['set-role'], [id, role, restaurant]).catch((error) => {
          if (sqlState(error) !== noSuchReference) throw error;
          throw new Problem('contradictory-request', 'restaurant: there is no such restaurant');
        });
        if (rows[0] === undefined) throw new Problem('not-found', 'there is no such account');
        await audit(client, {
          action: 'account.role',
          actor: account,
          subject: id,
          address: request.ip,
          details: { role, restaurant },
        });
        return rows[0];
      });
    },
  );
  app.get(
    '/api/audit',
    {
      schema: {
        summary: 'What was done, the newest first',
        tags: ['admin'],
        security: schemas.signedIn,
        querystring: schemas.object({ before: { type: 'string', pattern: '^[1-9][0-9]{0,14}$' } }, [
          'before',
        ]),
        response: schemas.responses(
          { 200: schemas.auditPage },
          ...(['invalid-request', 'not-signed-in', 'not-yours-to-do'] as const),
        ),
      },
      config: { access: ['admin'] },
    },
    async (request) => {
      const { before = lastEntry } = request.query as { before?: string };
      const { rows } = await pool.query<{ id: string }>(sql['audit-page'], [before, pageLength + 1]);
      const entries = rows.slice(0, pageLength).map((row) => ({ ...row, id: Number(row.id) }));
      return { entries, nextBefore: rows.length > pageLength ? (entries.at(-1)?.id ?? null) : null };
    },
  );
}
