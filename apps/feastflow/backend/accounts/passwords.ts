import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { Problem } from '../problems.ts';

export interface Passwords {
  readonly hash: (password: string) => Promise<string>;
  /** Does the same work whether there is an account or not. */
  readonly check: (stored: string | undefined, password: string) => Promise<boolean>;
}

/** OWASP's Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const cost = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** As many at a time as Node has threads for: more would only hold 19 MiB each. */
const atOnce = 4;
const mostWaiting = 60;

/** @param onCheck hears of every password that is compared */
export async function openPasswords(onCheck: () => void): Promise<Passwords> {
  const nobodys = await hash(randomBytes(16).toString('hex'), cost);
  let underWay = 0;
  const waiting: (() => void)[] = [];
  const inTurn = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    if (underWay >= atOnce) {
      if (waiting.length >= mostWaiting)
        throw new Problem('overloaded', `${waiting.length} wait to log in`, { retryAfter: 2 });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else underWay += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) underWay -= 1;
      else next();
    }
  };
  return {
    hash: (password) => inTurn(() => hash(password, cost)),
    check: (stored, password) =>
      inTurn(async () => {
        const fits = await verify(stored ?? nobodys, password);
        // Only now: what is counted is work that was done.
        onCheck();
        return stored !== undefined && fits;
      }),
  };
}
