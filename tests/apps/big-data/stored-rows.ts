import type { Client } from 'cassandra-driver';
import * as assert from 'uvu/assert';
import type { Row, Rows } from './expected-rows.ts';

/** The columns of each table, and the one whose time of writing is the row's. */
const tables: Readonly<Record<string, readonly [columns: readonly string[], written: string]>> = {
  sessions: [
    ['hour', 'bucket', 'started_at', 'session_id', 'visitor_id', 'country', 'device', 'source'],
    'country',
  ],
  views: [
    ['hour', 'bucket', 'occurred_at', 'event_id', 'session_id', 'visitor_id', 'product_id', 'category'],
    'product_id',
  ],
  carts: [
    [
      ...['hour', 'bucket', 'occurred_at', 'event_id', 'session_id', 'visitor_id', 'product_id'],
      ...['action', 'quantity', 'price_cents', 'currency'],
    ],
    'quantity',
  ],
  purchases: [
    [
      ...['hour', 'bucket', 'occurred_at', 'event_id', 'order_id', 'session_id', 'visitor_id'],
      ...['items', 'amount_cents', 'currency'],
    ],
    'amount_cents',
  ],
  activity_by_minute: [['kind', 'month', 'minute', 'events', 'sessions'], 'events'],
  purchases_by_minute: [['currency', 'month', 'minute', 'orders', 'items', 'revenue_cents'], 'orders'],
  products_by_hour: [['hour', 'product_id', 'category', 'views', 'cart_adds', 'purchases'], 'views'],
};

/** Every row of the tables that keep and count, each column as text. */
export async function storedRows(client: Client): Promise<Rows> {
  const found: Record<string, Row[]> = {};
  for (const [table, [columns, written]] of Object.entries(tables)) {
    const rows: Row[] = [];
    const query = `SELECT ${columns.join(', ')}, WRITETIME(${written}) AS written_at FROM storefront.${table}`;
    for await (const row of await client.execute(query, [], { prepare: true, fetchSize: 5000 })) {
      rows.push({
        columns: Object.fromEntries(columns.map((name) => [name, asText(row.get(name))])),
        writtenAt: BigInt(row.get('written_at')),
      });
    }
    found[table] = rows;
  }
  return found;
}

const asText = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value));

const textOf = ({ columns, writtenAt }: Row) =>
  JSON.stringify([Object.entries(columns).sort(([a], [b]) => (a < b ? -1 : 1)), String(writtenAt)]);

/** Fails with some rows of the first table that has another one, too many or too few. */
export function assertSameRows(found: Rows, expected: Rows): void {
  for (const [table, rows] of Object.entries(expected)) {
    const there = new Set((found[table] ?? []).map(textOf));
    const wanted = new Set(rows.map(textOf));
    const missing = [...wanted].filter((row) => !there.has(row));
    const extra = [...there].filter((row) => !wanted.has(row));
    const told = `${table}: ${missing.length} missing, ${extra.length} too many of ${wanted.size}`;
    const some = [...missing.slice(0, 3), '  instead:', ...extra.slice(0, 3)].join('\n');
    assert.ok(missing.length + extra.length === 0, `${told}\n${some}`);
    assert.is(found[table]?.length, rows.length, `${table}: a key for each`);
  }
}
