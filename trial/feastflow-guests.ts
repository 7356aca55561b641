import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Guests who look and order until they are told to go. */
export interface Guests {
  /** Answers so far, other than failures. */
  readonly answered: () => number;
  /** Tells them to go; resolves when each has its last answer. */
  readonly leave: () => Promise<GuestsFound>;
}

export interface GuestsFound {
  readonly requests: number;
  /** What each request that was no success was told. */
  readonly failures: readonly string[];
  /** The order that each key was answered with. */
  readonly orders: ReadonlyMap<string, string>;
}

export interface GuestsOptions {
  readonly url: string;
  /** An access token of each guest. */
  readonly tokens: readonly string[];
  /** What is ordered, of one restaurant, and its name in URLs. */
  readonly dishes: readonly number[];
  readonly slug: string;
  /** Milliseconds that each takes before it looks at the menu again; none by default. */
  readonly pause?: number;
  /** How often an order is sent, with the same key, when nobody answers or a server fails; once by default. */
  readonly tries?: number;
}

const deadline = 20_000;

/**
 * Each guest looks at the menu, orders, and looks at the order, again and again on a connection that is kept. What fails
 * has failed, whether or not it is tried again.
 */
export function startGuests({ url, tokens, dishes, slug, pause = 0, tries = 1 }: GuestsOptions): Guests {
  const agent = new Agent({ keepAlive: true });
  const leaving = new AbortController();
  const failures: string[] = [];
  const orders = new Map<string, string>();
  let answered = 0;
  const ask = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) => {
    const answer = await answerOf(agent, `${url}${path}`, { method, headers }, body).catch(
      (error: Error) => ({
        status: 0,
        text: error.message,
      }),
    );
    if (answer.status >= 200 && answer.status < 300) answered += 1;
    else failures.push(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
    return answer;
  };
  const guest = async (token: string, turn: number) => {
    for (let round = turn; !leaving.signal.aborted; round += 1) {
      await ask('GET', `/api/restaurants/${slug}`);
      const key = randomUUID();
      const authorization = `Bearer ${token}`;
      const body = JSON.stringify({
        items: [{ dish: dishes[round % dishes.length], quantity: 1 }],
        address: '1 Main Street',
      });
      const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': key };
      const order = () => ask('POST', '/api/orders', headers, body);
      let placed = await order();
      for (let sent = 1; sent < tries && (placed.status === 0 || placed.status >= 500); sent += 1) {
        await sleep(500);
        placed = await order();
      }
      if (placed.status !== 200 && placed.status !== 201) continue;
      const { id } = JSON.parse(placed.text) as { id: string };
      orders.set(key, id);
      await ask('GET', `/api/orders/${id}`, { authorization });
      // Who pauses leaves at once when told to.
      if (pause > 0) await sleep(pause, undefined, { signal: leaving.signal }).catch(() => {});
    }
  };
  const all = Promise.all(tokens.map(guest));
  return {
    answered: () => answered,
    async leave() {
      leaving.abort();
      await all;
      agent.destroy();
      return { requests: answered + failures.length, failures, orders };
    },
  };
}

function answerOf(
  agent: Agent,
  url: string,
  options: { readonly method: string; readonly headers: Record<string, string> },
  body?: string,
): Promise<{ status: number; text: string }> {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const asked = request(
    url,
    { ...options, agent, timeout: deadline, headers: { ...options.headers, ...length } },
    (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on('error', reject);
    },
  );
  asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
  asked.on('error', reject);
  asked.end(body);
  return promise;
}
