import { randomBytes } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseKeys } from '../../../apps/feastflow/backend/accounts/keys.ts';
import { createWatcher } from '../../../apps/feastflow/backend/live/board.ts';
import { judgeDishes } from '../../../apps/feastflow/backend/orders/place-order.ts';
import {
  judgeStep,
  type Part,
  type Person,
  partsOf,
  type Role,
  roles,
  type Status,
  statuses,
  steps,
} from '../../../apps/feastflow/backend/orders/states.ts';
import type { OrderRow } from '../../../apps/feastflow/backend/orders/views.ts';
import { prefixQuery, searchWords } from '../../../apps/feastflow/backend/search-words.ts';

const parts: readonly Part[] = ['owner', 'kitchen', 'courier', 'carrier', 'admin'];

test('of all steps that could be, those ten are, each by those who may', () => {
  const may: string[] = [];
  for (const from of statuses)
    for (const to of statuses)
      for (const part of parts)
        if (judgeStep([part], from, to).kind === 'may') may.push(`${part}: ${from} > ${to}`);
  assert.equal(may, [
    'kitchen: placed > accepted',
    'kitchen: placed > rejected',
    'owner: placed > cancelled',
    'admin: placed > cancelled',
    'kitchen: accepted > preparing',
    'admin: accepted > cancelled',
    'kitchen: preparing > ready',
    'admin: preparing > cancelled',
    'courier: ready > on-the-way',
    'admin: ready > cancelled',
    'carrier: on-the-way > delivered',
    'admin: on-the-way > delivered',
  ]);
  assert.is(steps.length, 10);
});

test('every order can end, nothing follows an end, and no way leads back', () => {
  const ends: readonly Status[] = ['delivered', 'rejected', 'cancelled'];
  const after = (from: Status) => steps.filter((step) => step.from === from).map(({ to }) => to);
  const reach = (from: Status): Status[] => after(from).flatMap((to) => [to, ...reach(to)]);
  for (const status of statuses) {
    assert.is(after(status).length === 0, ends.includes(status), status);
    assert.not.ok(reach(status).includes(status), `${status} comes back to itself`);
    if (!ends.includes(status)) assert.ok(reach(status).includes('delivered'), status);
  }
  for (const { from, to, givesBack } of steps)
    assert.is(
      givesBack === true,
      ['placed', 'accepted'].includes(from) && ends.includes(to),
      `${from} > ${to}`,
    );
});

test('what somebody is to an order', () => {
  const order = { account: 'ada', restaurant: 1, courier: 'kim', status: 'ready' as Status };
  const of = (account: string, role: Role, restaurant: number | null = null, status: Status = 'ready') =>
    partsOf({ account, role, restaurant }, { ...order, status });
  assert.equal(of('ada', 'customer'), ['owner']);
  assert.equal(of('bob', 'customer'), []);
  assert.equal(of('bob', 'customer', 1), []);
  assert.equal(of('x', 'kitchen', 1), ['kitchen']);
  assert.equal(of('x', 'kitchen', 2), []);
  assert.equal(of('x', 'courier'), ['courier']);
  assert.equal(of('x', 'courier', null, 'preparing'), []);
  assert.equal(of('kim', 'courier', null, 'on-the-way'), ['carrier']);
  assert.equal(of('kim', 'customer', null, 'on-the-way'), [], 'who carried it once');
  assert.equal(of('x', 'admin'), ['admin']);
  for (const role of roles) assert.ok(of('ada', role).includes('owner'));
});

const row = (id: number, more: object = {}) => ({
  ...{ id, restaurant: 1, name: `dish ${id}`, priceCents: 100 * id, stock: 5, isOffered: true },
  ...more,
});
const wants = (...items: readonly (readonly [number, number])[]) => ({
  items: items.map(([dish, quantity]) => ({ dish, quantity })),
  address: 'here',
  note: '',
});
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { kind: string }).kind;
  }
  return 'none';
};

test('an order is judged by the database’s rows', () => {
  const rows = [row(1), row(2)];
  assert.equal(judgeDishes(wants([1, 2], [2, 5]), rows), { restaurant: 1, totalCents: 1200 });
  assert.is(
    refusal(() => judgeDishes(wants([1, 6]), [row(1)])),
    'sold-out',
  );
  assert.is(
    refusal(() => judgeDishes(wants([1, 1], [3, 1]), [row(1)])),
    'not-offered',
  );
  assert.is(
    refusal(() => judgeDishes(wants([1, 1]), [row(1, { isOffered: false })])),
    'not-offered',
  );
  assert.is(
    refusal(() => judgeDishes(wants([1, 1], [2, 1]), [row(1), row(2, { restaurant: 2 })])),
    'contradictory-request',
  );
  assert.is(
    refusal(() => judgeDishes({ ...wants([1, 1]), expectedTotalCents: 99 }, [row(1)])),
    'price-changed',
  );
});

test('a search is by the beginnings of words, without marks, and nothing typed is an operator', () => {
  assert.is(searchWords('Café  Jägerhof’s ß'), 'cafe jagerhofs ss');
  assert.is(searchWords('Пельмени 饺子'), 'пельмени 饺子');
  assert.is(prefixQuery('Crème Brû'), 'creme:* & bru:*');
  for (const nothing of ['', '  ', '!!', "':*", '&|()<->']) assert.is(prefixQuery(nothing), '', nothing);
  assert.is(prefixQuery("a' | !b <-> c:*"), 'a:* & b:* & c:*');
});

test('keys are read by name; a line that is none is told by its number, without the key', () => {
  const text = randomBytes(32).toString('base64url');
  const keys = parseKeys(`one ${text}\n\n two.2-x ${text}=\n`);
  assert.equal(
    keys.map(({ name }) => name),
    ['one', 'two.2-x'],
  );
  const told = (wrong: string) => {
    try {
      parseKeys(wrong);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  assert.is(told(`one ${text}\n${text}`), 'line 2: it is not "<name> <base64url>"');
  assert.is(told(`one ${text.slice(0, 40)}`), 'line 1: the key one has 30 bytes of 32');
  assert.is(told('\n'), 'there is no key');
  assert.is(told(`one ${text}\none ${text}`), 'two keys have one name');
});

const orderRow = (version: number, more: Partial<OrderRow> = {}): OrderRow => ({
  id: 'a',
  number: '1',
  account: 'ada',
  restaurantId: 1,
  courier: null,
  restaurant: 'casa-marina',
  status: 'ready',
  version,
  totalCents: '100',
  address: '1 Main Street',
  note: '',
  placedAt: new Date(0),
  changedAt: new Date(0),
  items: [],
  ...more,
});

/** A watcher whose reading ends when it is told to; and what it told. */
function watched(person: Person) {
  const told: string[] = [];
  const reads: ((rows: readonly OrderRow[]) => void)[] = [];
  const client = { tell: (text: string) => void told.push(text), end() {} };
  const read = () => new Promise<readonly OrderRow[]>((resolve) => reads.push(resolve));
  const watcher = createWatcher({ client, person, read });
  const show = async (whileReading: () => void, rows: readonly OrderRow[]) => {
    const shown = watcher.show();
    await Promise.resolve();
    await Promise.resolve();
    whileReading();
    reads.shift()?.(rows);
    await shown;
  };
  return { told, watcher, show };
}

test('a watcher is told nothing older than what it was shown, and nothing twice, also when it is shown all anew', async () => {
  const { told, watcher, show } = watched({ account: 'x', role: 'kitchen', restaurant: 1 });
  // It was read before what is shown, or after it: the notification cannot know.
  await show(() => {
    watcher.tell(orderRow(2));
    watcher.tell(orderRow(4));
    assert.equal(told, []);
  }, [orderRow(3)]);
  const versions = () =>
    told.map((text) => [...text.matchAll(/"version":(\d)/g)].map(([, number]) => Number(number)));
  assert.equal(versions(), [[3], [4]]);
  watcher.tell(orderRow(4));
  watcher.tell(orderRow(5));
  assert.equal(versions(), [[3], [4], [5]]);
  await show(() => watcher.tell(orderRow(7)), [orderRow(6)]);
  assert.equal(versions(), [[3], [4], [5], [6], [7]]);
  assert.not.match(told.join(''), 'Main Street');
});

test('a courier is told that an order is gone once another has it, and nothing more of it', async () => {
  const { told, watcher, show } = watched({ account: 'kim', role: 'courier', restaurant: null });
  await show(() => {}, [orderRow(4)]);
  watcher.tell(orderRow(5, { courier: 'lee', status: 'on-the-way' }));
  watcher.tell(orderRow(6, { courier: 'lee', status: 'delivered' }));
  assert.is(told.length, 2);
  assert.match(told[0] ?? '', 'Main Street');
  assert.is(told[1], 'event: gone\ndata: {"id":"a"}\n\n');
});

test.run();
