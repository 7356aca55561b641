import { inTransaction, type Pool } from '@plumbline/kit/postgres';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sql } from '../../sql/index.ts';
import { anybody, identityOf } from '../access.ts';
import type { KeyRing } from '../accounts/keys.ts';
import type { Passwords } from '../accounts/passwords.ts';
import { closeSession, type Opened, openSession, refreshSession } from '../accounts/sessions.ts';
import { signAccess } from '../accounts/tokens.ts';
import { audit } from '../audit.ts';
import type { Role } from '../orders/states.ts';
import { Problem } from '../problems.ts';
import { spend } from '../rates.ts';
import * as schemas from '../schemas.ts';

export interface AccountOptions {
  readonly pool: Pool;
  readonly keys: KeyRing;
  readonly passwords: Passwords;
  readonly accessMinutes: number;
  readonly refreshDays: number;
  readonly loginsPerMinute: number;
}

/** Behind one address there may be a house of guests. */
const accountsOfAnAddress = 10;

const email = {
  type: 'string',
  maxLength: 254,
  // In ASCII: what lower case is, nobody disputes then, and no two addresses look alike.
  pattern: '^[!-?A-~]{1,64}@[A-Za-z0-9.-]+$',
} as const;
const password = { type: 'string', minLength: 10, maxLength: 200 } as const;
const credentials = schemas.object({ email, password: { type: 'string', minLength: 1, maxLength: 200 } });

/** Only what opens and ends sessions is sent it, and no page's script ever reads it. */
const cookie = 'feastflow_refresh';
const cookiePath = '/api/session';

/** `/api/accounts` and `/api/session`. */
export function addAccountRoutes(app: FastifyInstance, options: AccountOptions): void {
  const { pool, keys, passwords, accessMinutes, refreshDays, loginsPerMinute } = options;

  const answer = async (request: FastifyRequest, reply: FastifyReply, opened: Opened) => {
    const { account: id, name, role, restaurant, refreshToken } = opened;
    reply.header('set-cookie', cookieText(request, refreshToken, refreshDays * 86_400));
    const expiresIn = accessMinutes * 60;
    const accessToken = await signAccess(keys, opened, expiresIn);
    return { accessToken, expiresIn, account: { id, name, role, restaurant } };
  };

  app.post(
    '/api/accounts',
    {
      schema: {
        summary: 'Makes an account of a customer, and logs in',
        tags: ['accounts'],
        body: schemas.object({ email, name: schemas.words(1, 100), password }),
        response: schemas.responses(
          { 201: schemas.session },
          ...(['invalid-request', 'email-taken', 'too-many-requests'] as const),
        ),
      },
      config: { access: 'guests' },
    },
    async (request, reply) => {
      const body = request.body as { email: string; name: string; password: string };
      const address = body.email.toLowerCase();
      await spend(pool, 'accounts-of-address', request.ip, loginsPerMinute * accountsOfAnAddress);
      const hashed = await passwords.hash(body.password);
      const opened = await inTransaction(pool, async (client) => {
        const { rows } = await client.query<{ id: string }>(sql['insert-account'], [
          address,
          body.name,
          hashed,
        ]);
        const [made] = rows;
        if (made === undefined) throw new Problem('email-taken', 'there is an account of this address');
        await audit(client, {
          action: 'account.made',
          actor: made.id,
          subject: made.id,
          address: request.ip,
        });
        const account = { id: made.id, name: body.name, role: 'customer' as const, restaurant: null };
        return openSession(client, account, refreshDays);
      });
      return reply.status(201).send(await answer(request, reply, opened));
    },
  );

  app.get(
    '/api/accounts/me',
    {
      schema: {
        summary: 'The account that is signed in',
        tags: ['accounts'],
        security: schemas.signedIn,
        response: schemas.responses({ 200: schemas.account }, 'not-signed-in'),
      },
      config: { access: anybody },
    },
    async (request) => {
      const { rows } = await pool.query(sql['account-by-id'], [identityOf(request).account]);
      if (rows[0] === undefined) throw new Problem('not-signed-in', 'the account is gone');
      return rows[0];
    },
  );

  app.post(
    '/api/session',
    {
      schema: {
        summary: 'Logs in',
        tags: ['accounts'],
        body: credentials,
        response: schemas.responses(
          { 200: schemas.session },
          ...(['invalid-request', 'wrong-login', 'too-many-requests'] as const),
        ),
      },
      config: { access: 'guests' },
    },
    async (request, reply) => {
      const body = request.body as { email: string; password: string };
      const address = body.email.toLowerCase();
      // One who tries many accounts, and many who try one.
      await spend(pool, 'logins-of-address', request.ip, loginsPerMinute * accountsOfAnAddress);
      await spend(pool, 'logins-of-account', address, loginsPerMinute);
      const { rows } = await pool.query<{
        id: string;
        name: string;
        role: Role;
        restaurant: number | null;
        passwordHash: string;
      }>(sql['account-by-email'], [address]);
      const [account] = rows;
      const fits = await passwords.check(account?.passwordHash, body.password);
      if (account === undefined || !fits) {
        await audit(pool, { action: 'session.refused', subject: account?.id ?? '', address: request.ip });
        throw new Problem('wrong-login', 'the e-mail address or the password is wrong');
      }
      const opened = await inTransaction(pool, async (client) => {
        const session = await openSession(client, account, refreshDays);
        const { id } = account;
        await audit(client, {
          action: 'session.log-in',
          actor: id,
          subject: session.session,
          address: request.ip,
        });
        return session;
      });
      return answer(request, reply, opened);
    },
  );

  app.post(
    '/api/session/refresh',
    {
      schema: {
        summary: 'Takes the refresh token of the cookie for the next one, and a new access token',
        tags: ['accounts'],
        response: schemas.responses({ 200: schemas.session }, 'session-ended', 'too-many-requests'),
      },
      config: { access: 'guests' },
    },
    async (request, reply) => {
      const token = refreshTokenOf(request);
      if (token === undefined) throw new Problem('session-ended', 'there is no refresh token');
      await spend(pool, 'refreshes-of-address', request.ip, loginsPerMinute * accountsOfAnAddress * 10);
      return answer(request, reply, await refreshSession(pool, token, refreshDays, request.ip));
    },
  );

  app.delete(
    '/api/session',
    {
      schema: {
        summary: 'Logs out: no token of this log-in can be refreshed any more',
        tags: ['accounts'],
        response: schemas.responses({ 204: schemas.nothing }),
      },
      config: { access: 'guests' },
    },
    async (request, reply) => {
      const token = refreshTokenOf(request);
      if (token !== undefined) await closeSession(pool, token, request.ip);
      return reply
        .header('set-cookie', cookieText(request, '', 0))
        .status(204)
        .send();
    },
  );
}

function cookieText({ protocol }: FastifyRequest, value: string, seconds: number): string {
  const secure = protocol === 'https' ? '; Secure' : '';
  return `${cookie}=${value}; Path=${cookiePath}; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}

function refreshTokenOf({ headers }: FastifyRequest): string | undefined {
  const pattern = new RegExp(`(?:^|; ?)${cookie}=([\\w-]{43})(?:;|$)`);
  return pattern.exec(headers.cookie ?? '')?.[1];
}
