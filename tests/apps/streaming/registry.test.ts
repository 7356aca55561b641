import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import avro from 'avsc';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readVersions } from '../../../apps/streaming/avro/schemas.ts';
import {
  connectRegistry,
  createDecoder,
  framer,
  RegistryError,
  unframe,
} from '../../../apps/streaming/registry/index.ts';

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  /** Milliseconds until it answers. */
  readonly after?: number;
}

/** A server that answers as told, one answer a request, the last for all others. */
async function withServer(
  answers: readonly Answer[],
  work: (url: string, requests: string[]) => Promise<void>,
): Promise<void> {
  const requests: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const {
      status = 200,
      body = {},
      after = 0,
    } = answers[Math.min(requests.length, answers.length - 1)] ?? {};
    requests.push(`${request.method} ${request.url}`);
    setTimeout(() => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    }, after);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/apis/ccompat/v7`, requests);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const [first, second] = readVersions('order').map(({ text }) => text) as [string, string];
const oldOrder = {
  order_id: 'o-1',
  customer_id: 'c-1',
  product_id: 'p-1',
  quantity: 2,
  unit_price_cents: 1999,
  ordered_at: 1_767_225_600_000,
};

test('a registry that is busy is asked again, and one that is away is given up in time', async () => {
  await withServer(
    [{ status: 503 }, { status: 500, body: 'no JSON' }, { body: ['a'] }],
    async (url, requests) => {
      assert.equal(await connectRegistry({ url }).subjects(), ['a']);
      assert.is(requests.length, 3);
    },
  );
  await withServer([{ after: 5000 }], async (url, requests) => {
    const error = await connectRegistry({ url, deadline: 100, attempts: 2 })
      .subjects()
      .catch((caught) => caught);
    assert.instance(error, RegistryError);
    assert.match(error.message, 'no answer in time');
    assert.is(requests.length, 2);
  });
});

test('what is refused is told at once, with the words of the registry', async () => {
  const refused = { status: 409, body: { error_code: 409, message: 'READER_FIELD_MISSING_DEFAULT_VALUE' } };
  await withServer([refused], async (url, requests) => {
    const error = await connectRegistry({ url })
      .register('orders-value', first)
      .catch((caught) => caught);
    assert.is(error.status, 409);
    assert.match(error.message, 'READER_FIELD_MISSING_DEFAULT_VALUE');
    assert.equal(requests, ['POST /apis/ccompat/v7/subjects/orders-value/versions']);
  });
});

test('a schema is asked for once, by however many at a time; a failure is not kept', async () => {
  await withServer(
    [{ status: 404, body: { error_code: 40403 } }, { body: { schema: first } }],
    async (url, requests) => {
      const registry = connectRegistry({ url });
      assert.is((await registry.schema(7).catch((error) => error)).code, 40403);
      const all = await Promise.all(Array.from({ length: 20 }, () => registry.schema(7)));
      assert.ok(all.every((text) => text === first));
      assert.is(await registry.schema(7), first);
      assert.equal(requests, ['GET /apis/ccompat/v7/schemas/ids/7', 'GET /apis/ccompat/v7/schemas/ids/7']);
    },
  );
});

test('a subject that nobody knows has no versions', async () => {
  await withServer([{ status: 404, body: { error_code: 40401 } }], async (url) => {
    assert.equal(await connectRegistry({ url }).versions('nobody'), []);
  });
});

test('a value is framed by the magic byte 0 and the id, however long it is', () => {
  const type = avro.Type.forSchema('string');
  for (const length of [0, 1, 1018, 1019, 5000, 100_000]) {
    const value = framer<string>(type, 258)('x'.repeat(length));
    assert.equal([...value.subarray(0, 5)], [0, 0, 0, 1, 2]);
    const framed = unframe(value);
    assert.ok(framed.ok && type.fromBuffer(framed.body) === 'x'.repeat(length));
  }
});

const ofIds = (schemas: Readonly<Record<number, string>>) => ({
  async schema(id: number) {
    const text = schemas[id];
    if (text === undefined) throw new RegistryError(`no ${id}`, 404, 40403);
    return text;
  },
});

test('a consumer that is newer than the writer reads it, with the default of what the writer did not know', async () => {
  const value = framer(avro.Type.forSchema(JSON.parse(first)), 1)(oldOrder);
  const decoder = createDecoder(ofIds({ 1: first }), second);
  await decoder.prepare([value]);
  assert.equal({ ...(decoder.decode(value) as { value: object }).value }, { ...oldOrder, channel: 'web' });
});

test('a consumer that is older than the writer reads it, without what it does not know', async () => {
  const value = framer(avro.Type.forSchema(JSON.parse(second)), 2)({ ...oldOrder, channel: 'app' });
  const decoder = createDecoder(ofIds({ 2: second }), first);
  await decoder.prepare([value]);
  assert.equal({ ...(decoder.decode(value) as { value: object }).value }, oldOrder);
});

test('what cannot be read is told, each by its reason', async () => {
  const good = framer(avro.Type.forSchema(JSON.parse(first)), 1)(oldOrder);
  const other = framer<string>(avro.Type.forSchema('string'), 3)('text');
  const unknown = framer<string>(avro.Type.forSchema('string'), 9)('text');
  const cut = good.subarray(0, good.length - 3);
  const long = Buffer.concat([good, Buffer.from([1])]);
  const decoder = createDecoder(ofIds({ 1: first, 3: '"string"' }), first);
  const wrong = [null, Buffer.from('{}'), Buffer.from('{"json":true}'), unknown, other, cut, long];
  await decoder.prepare([...wrong, good]);
  const reasons = wrong.map((value) => {
    const decoded = decoder.decode(value);
    return decoded.ok ? 'was read' : decoded.reason;
  });
  const expected = [
    'no value',
    'fewer than its header',
    'magic byte',
    'no schema 9',
    'schema 3 cannot be read',
    'not what schema 1',
    'not what schema 1',
  ];
  for (const [index, reason] of reasons.entries()) assert.match(reason, expected[index] ?? '');
  assert.ok(decoder.decode(good).ok);
});

test('an id that the registry did not have is asked for again; a registry that is away is no reason to bury', async () => {
  const schemas: Record<number, string> = {};
  const decoder = createDecoder(ofIds(schemas), first);
  const value = framer(avro.Type.forSchema(JSON.parse(first)), 1)(oldOrder);
  await decoder.prepare([value]);
  assert.not.ok(decoder.decode(value).ok);
  schemas[1] = first;
  await decoder.prepare([value]);
  assert.ok(decoder.decode(value).ok);
  const away = { schema: () => Promise.reject(new RegistryError('away', 503)) };
  const error = await createDecoder(away, first)
    .prepare([value])
    .catch((caught) => caught);
  assert.is(error.message, 'away');
});

test.run();
