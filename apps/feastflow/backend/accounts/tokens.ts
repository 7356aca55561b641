import { jwtVerify, SignJWT } from 'jose';
import { type Person, type Role, roles } from '../orders/states.ts';
import type { KeyRing } from './keys.ts';

/** Who asks, as the access token says. */
export interface Identity extends Person {
  readonly session: string;
  /** Seconds since 1970 until which it is good. */
  readonly until: number;
}

const issuer = 'feastflow-backend';
const audience = 'feastflow';
/** What kind of token it is, so that no other JWT of the same keys passes for one: RFC 9068. */
const type = 'at+jwt';

/** An access token, signed by the first key. */
export function signAccess(
  keys: KeyRing,
  { account, role, restaurant, session }: Omit<Identity, 'until'>,
  seconds: number,
): Promise<string> {
  const { name, secret } = keys.signing();
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ role, restaurant, sid: session })
    .setProtectedHeader({ alg: 'HS256', typ: type, kid: name })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(account)
    .setIssuedAt(now)
    .setExpirationTime(now + seconds)
    .sign(secret);
}

/** Who a token is of; undefined for one that is forged, expired, of another kind, or of a key that is gone. */
export async function readAccess(keys: KeyRing, token: string): Promise<Identity | undefined> {
  try {
    const { payload } = await jwtVerify(
      token,
      ({ kid }) => {
        const key = kid === undefined ? undefined : keys.named(kid);
        if (key === undefined) throw new Error('no such key');
        return key.secret;
      },
      {
        algorithms: ['HS256'],
        typ: type,
        issuer,
        audience,
        requiredClaims: ['sub', 'exp', 'iat', 'sid', 'role'],
      },
    );
    const { sub, exp, sid, role, restaurant } = payload;
    if (sub === undefined || exp === undefined || typeof sid !== 'string') return undefined;
    if (!roles.includes(role as Role)) return undefined;
    return {
      account: sub,
      role: role as Role,
      restaurant: typeof restaurant === 'number' ? restaurant : null,
      session: sid,
      until: exp,
    };
  } catch {
    return undefined;
  }
}
