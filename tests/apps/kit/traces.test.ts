import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseTraceparent, startTraces } from '../../../apps/kit/index.ts';

const log = pino({ level: 'silent' });

test('without an endpoint there are no traces, and nothing is carried on', async () => {
  const traces = startTraces('test', '', log);
  assert.is(traces.enabled, false);
  assert.is(traces.start('work', 'internal').traceparent, '');
  await traces.close();
});

test('a span and its child reach the collector as OTLP has them, and share their trace', async () => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    assert.is(request.url, '/v1/traces');
    bodies.push((await Array.fromAsync(request)).join(''));
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const traces = startTraces('lambda-producer', `http://127.0.0.1:${port}/`, log);
    const sent = traces.start('send', 'producer');
    const stored = traces.start('store', 'consumer', sent.traceparent, [sent.traceparent, 'no trace']);
    stored.end({ rows: 3 }, 'no room');
    sent.end();
    await traces.close();
    const [{ resource, scopeSpans }] = JSON.parse(bodies[0] ?? '').resourceSpans;
    assert.equal(resource.attributes, [{ key: 'service.name', value: { stringValue: 'lambda-producer' } }]);
    const [child, parent] = scopeSpans[0].spans;
    const ids = parseTraceparent(sent.traceparent);
    assert.equal({ traceId: parent.traceId, spanId: parent.spanId }, ids);
    assert.equal([child.traceId, child.parentSpanId, child.kind], [ids?.traceId, ids?.spanId, 5]);
    assert.equal(child.links, [ids]);
    assert.equal(child.status, { code: 2, message: 'no room' });
    assert.equal(child.attributes, [{ key: 'rows', value: { doubleValue: 3 } }]);
    assert.ok(BigInt(child.endTimeUnixNano) >= BigInt(child.startTimeUnixNano));
  } finally {
    server.close();
  }
});

test('a collector that is away costs nothing but a line of the log', async () => {
  const traces = startTraces('test', 'http://127.0.0.1:1', log);
  traces.start('work', 'internal').end();
  await traces.close();
});

test.run();
