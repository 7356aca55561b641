import type { Pool } from '@plumbline/kit/postgres';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sql } from '../sql/index.ts';
import type { KeyRing } from './accounts/keys.ts';
import { type Identity, readAccess } from './accounts/tokens.ts';
import { type Person, type Role, roles } from './orders/states.ts';
import { Problem } from './problems.ts';

/** Who may ask: guests too, or whoever is signed in with one of these roles. */
export type Access = 'guests' | readonly Role[];

/** Whoever is signed in. */
export const anybody: Access = roles;

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

const identities = new WeakMap<FastifyRequest, Identity>();

/** Who asks. @throws Error where the route is open to guests. */
export function identityOf(request: FastifyRequest): Identity {
  const identity = identities.get(request);
  if (identity === undefined) throw new Error(`${request.url} has no identity`);
  return identity;
}

/**
 * Lets each request through to those whom its route names, before anything else of it is read. Whether somebody who is
 * more than a customer still is, is asked of the database: who is one no more is that at once, not with the next token.
 * @throws Error, at the start, for a route of the API that says nobody.
 */
export function guardAccess(app: FastifyInstance, keys: KeyRing, pool: Pool): void {
  app.addHook('onRoute', ({ url, config, schema }) => {
    const isDocument = (schema as { hide?: boolean } | undefined)?.hide === true;
    if (config?.access === undefined && !isDocument) throw new Error(`${url} does not say who may ask`);
  });
  app.addHook('onRequest', async (request, reply) => {
    const { access } = request.routeOptions.config;
    if (access === undefined || access === 'guests') return;
    const [, token = ''] = /^Bearer ([\w.-]{1,4096})$/.exec(request.headers.authorization ?? '') ?? [];
    const identity = await readAccess(keys, token);
    if (identity === undefined) {
      reply.header('www-authenticate', 'Bearer');
      throw new Problem('not-signed-in', 'the access token is not good');
    }
    const now = identity.role === 'customer' ? identity : await currentOf(pool, identity);
    if (now === undefined) throw new Problem('not-signed-in', 'the session has ended');
    if (!access.includes(now.role)) throw new Problem('not-yours-to-do', `it is for ${access.join(', ')}`);
    identities.set(request, { ...identity, role: now.role, restaurant: now.restaurant });
  });
}

/** What somebody is by now; undefined when the session has ended. */
export async function currentOf(pool: Pool, { account, session }: Identity) {
  const { rows } = await pool.query<Pick<Person, 'role' | 'restaurant'>>(sql['current-role'], [
    account,
    session,
  ]);
  return rows[0];
}
