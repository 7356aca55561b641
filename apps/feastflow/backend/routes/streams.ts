import type { Clients } from '@plumbline/kit/http';
import type { Pool } from '@plumbline/kit/postgres';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sql } from '../../sql/index.ts';
import { anybody, currentOf, identityOf } from '../access.ts';
import type { Identity } from '../accounts/tokens.ts';
import type { Live } from '../live/live.ts';
import { ordersById } from '../orders/place-order.ts';
import type { Person } from '../orders/states.ts';
import { partsOf } from '../orders/states.ts';
import { type OrderRow, ofSomebody, orderView } from '../orders/views.ts';
import { Problem } from '../problems.ts';
import * as schemas from '../schemas.ts';
import { orderFor, orderParams } from './orders.ts';

export interface StreamOptions {
  readonly pool: Pool;
  readonly clients: Clients;
  readonly live: Live;
  readonly streams: number;
  readonly streamsPerAccount: number;
  readonly isEnding: () => boolean;
}

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-accel-buffering': 'no',
} as const;

/** How often it is asked whether somebody who is more than a customer still is: milliseconds. */
const judgedEvery = 5000;

const description = `Server-sent events, until the access token expires, the client leaves or the replica ends:
- \`orders\`: all that there is to see, at the beginning, and again whenever something may have been missed.
- \`order\`: one that is new or has changed; it replaces the one of its id, unless its \`version\` is lower.
- \`gone\`: the order of this id is not yours to see any more: another courier has taken it.
- \`bye\`: come back after the \`retry\` that came with it, with a token that is good.`;

/** Everything that is open and this person's to see. */
async function boardOf(pool: Pool, { role, restaurant, account }: Person): Promise<OrderRow[]> {
  const ofKitchen = role === 'kitchen' ? restaurant : null;
  const ofCourier = role === 'courier' ? account : null;
  return (await pool.query<OrderRow>(sql['open-orders'], [ofKitchen, ofCourier])).rows;
}

const staff = ['kitchen', 'courier', 'admin'] as const;

/** Calls back once somebody who is more than a customer is that no more. @returns what ends it */
function onDismissal(pool: Pool, person: Identity, then: () => void): () => void {
  if (person.role === 'customer') return () => {};
  let isAsked = false;
  const timer = setInterval(async () => {
    if (isAsked) return;
    isAsked = true;
    // Without the database it is not known, and nothing is told either.
    const now = await currentOf(pool, person).catch(() => person);
    isAsked = false;
    if (now?.role !== person.role || now.restaurant !== person.restaurant) then();
  }, judgedEvery);
  return () => clearInterval(timer);
}

/** `/api/board`, and the live updates of it and of one order. */
export function addStreamRoutes(app: FastifyInstance, options: StreamOptions): void {
  const { pool, clients, live, streams, streamsPerAccount, isEnding } = options;

  const begin = async (
    request: FastifyRequest,
    reply: FastifyReply,
    person: Identity,
    { only, read }: { readonly only?: string; readonly read: () => Promise<readonly OrderRow[]> },
  ) => {
    if (isEnding()) throw new Problem('overloaded', 'this replica ends', { retryAfter: 1 });
    if (clients.count() >= streams)
      throw new Problem('overloaded', `${streams} streams are open here`, { retryAfter: 5 });
    if (clients.ofAddress(person.account) >= streamsPerAccount)
      throw new Problem('too-many-requests', `${streamsPerAccount} streams of the account are open`, {
        retryAfter: 10,
      });
    const { raw } = reply;
    reply.hijack();
    raw.writeHead(200, headers);
    raw.socket?.setNoDelay(true);
    const client = clients.add(raw, person.account);
    client.tell('retry: 2000\n\n');
    // Who may see it was judged by a token: no longer than that is good.
    const expires = setTimeout(() => client.end(), Math.max(0, person.until * 1000 - Date.now()));
    const stopJudging = onDismissal(pool, person, () => client.end());
    const onGone = (then: () => void) => {
      const gone = () => {
        clearTimeout(expires);
        stopJudging();
        then();
      };
      if (raw.destroyed) gone();
      raw.once('close', gone);
    };
    request.log.debug({ account: person.account }, 'a stream begins');
    await live.watch({ client, person, read, onGone, ...(only === undefined ? {} : { only }) });
  };

  app.get(
    '/api/orders/:id/events',
    {
      schema: {
        summary: 'Live updates of one order',
        description,
        tags: ['orders'],
        security: schemas.signedIn,
        params: orderParams,
        produces: ['text/event-stream'],
        response: schemas.streamResponses(
          'invalid-request',
          'not-signed-in',
          'not-found',
          'too-many-requests',
        ),
      },
      config: { access: anybody, isStream: true },
    },
    async (request, reply) => {
      const { id } = request.params as { id: string };
      const person = identityOf(request);
      await orderFor(pool, person, id);
      return begin(request, reply, person, { only: id, read: () => ordersById(pool, [id]) });
    },
  );
  app.get(
    '/api/board',
    {
      schema: {
        summary:
          'Open orders: of your kitchen; for a courier those that are ready or carried; for an admin all',
        tags: ['kitchen'],
        security: schemas.signedIn,
        response: schemas.responses({ 200: schemas.orders }, 'not-signed-in', 'not-yours-to-do'),
      },
      config: { access: staff },
    },
    async (request) => {
      const person = identityOf(request);
      const rows = await boardOf(pool, person);
      return { orders: rows.map((row) => orderView(row, partsOf(person, ofSomebody(row)))) };
    },
  );
  app.get(
    '/api/board/events',
    {
      schema: {
        summary: 'Live updates of the board',
        description,
        tags: ['kitchen'],
        security: schemas.signedIn,
        produces: ['text/event-stream'],
        response: schemas.streamResponses('not-signed-in', 'not-yours-to-do', 'too-many-requests'),
      },
      config: { access: staff, isStream: true },
    },
    (request, reply) => {
      const person = identityOf(request);
      return begin(request, reply, person, { read: () => boardOf(pool, person) });
    },
  );
}
