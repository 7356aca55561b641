/**
 * Guests in a pod: they make their accounts, look and order until SIGTERM, and say then what they found, a line each.
 * Told by SHOP_URL, GUESTS, PAUSE (milliseconds) and TRIES.
 */
import { randomUUID } from 'node:crypto';
import { startGuests } from '../../../../trial/feastflow-guests.ts';

const { SHOP_URL: url = '', GUESTS: count = '1', PAUSE: pause = '0', TRIES: tries = '1' } = process.env;
const slug = 'casa-marina';

async function ask<Answer>(path: string, body?: object): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    signal: AbortSignal.timeout(60_000),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

const tokens: string[] = [];
for (let index = 1; index <= Number(count); index += 1) {
  const account = {
    email: `${randomUUID()}@example.org`,
    name: `Guest ${index}`,
    password: 'correct horse battery',
  };
  tokens.push((await ask<{ accessToken: string }>('/api/accounts', account)).accessToken);
}
const { dishes } = await ask<{ dishes: readonly { readonly id: number }[] }>(`/api/restaurants/${slug}`);
const guests = startGuests({
  url,
  tokens,
  dishes: dishes.map(({ id }) => id),
  slug,
  pause: Number(pause),
  tries: Number(tries),
});
process.once('SIGTERM', async () => {
  const { requests, failures, orders } = await guests.leave();
  for (const failure of failures) console.log(`failed ${failure.replaceAll('\n', ' ')}`);
  for (const [key, order] of orders) console.log(`order ${key} ${order}`);
  console.log(`requests ${requests}`);
});
const said = setInterval(() => {
  if (guests.answered() === 0) return;
  console.log('they order');
  clearInterval(said);
}, 100);
