import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Broker } from '../../../apps/big-data/gateway/broker.ts';
import { gatewayMetrics } from '../../../apps/big-data/gateway/metrics.ts';
import { kinds } from '../../../apps/big-data/gateway/problems.ts';
import { createServer } from '../../../apps/big-data/gateway/server.ts';
import { gatewaySettings } from '../../../apps/big-data/gateway/settings.ts';
import { createLog, createRegistry, readConfig } from '../../../apps/kit/index.ts';
import { someEvents, toNdjson } from './events.ts';

const json = { 'content-type': 'application/json' };
const ndjson = { 'content-type': 'application/x-ndjson' };

/** A gateway whose broker takes everything, or is away. */
async function open(away?: string, token = '') {
  const env = { KAFKA_BOOTSTRAP_SERVERS: 'a:1', KAFKA_TOPIC: 't', MAX_BODY_BYTES: '100000' };
  const broker: Broker = {
    away: () => away,
    met: () => true,
    noteSent: () => {},
    watch: async () => {},
  };
  return createServer({
    config: { ...readConfig(env, gatewaySettings), token },
    sender: { put: async () => {}, waiting: () => 0 },
    broker,
    metrics: gatewayMetrics(createRegistry()),
    log: createLog('test', 'fatal'),
    isEnding: () => false,
  });
}

const app = await open();
const document = (await app.inject('/openapi.json')).json();
const { post } = document.paths['/events'];
const ajv = new Ajv2020({ strict: false });
formats.default(ajv);

test('each answer is one that the document has for its status and type', async () => {
  const [event] = someEvents(1, 1);
  const away = await open('it does not answer');
  const guarded = await open(undefined, 'open sesame');
  const asked = [
    [app, JSON.stringify(event), json, 202],
    [app, toNdjson(someEvents(20, 2)), ndjson, 202],
    [app, '{', json, 400],
    [guarded, JSON.stringify(event), json, 401],
    [app, JSON.stringify(someEvents(1000, 3)), json, 413],
    [app, 'a', { 'content-type': 'text/plain' }, 415],
    [app, '{"id": 1}\n{"type": "view"}\n', ndjson, 422],
    [away, JSON.stringify(event), json, 503],
  ] as const;
  for (const [server, payload, headers, status] of asked) {
    const answer = await server.inject({ method: 'POST', url: '/events', payload, headers });
    assert.is(answer.statusCode, status, answer.body);
    const [type = ''] = String(answer.headers['content-type']).split(';');
    const schema = post.responses[status]?.content?.[type]?.schema;
    assert.ok(schema !== undefined, `${status} as ${type}`);
    const validate = ajv.compile(schema);
    assert.ok(validate(answer.json()), JSON.stringify(validate.errors));
    if (status === 503) assert.ok(Number(answer.headers['retry-after']) > 0);
    if (status > 299) assert.ok(answer.json().type.slice('/problems/'.length) in kinds);
  }
});

test("the document's schema takes the storefront's events, and refuses what the gateway refuses", async () => {
  const { schema } = post.requestBody.content['application/json'];
  const validate = ajv.compile(schema);
  const events = someEvents(300, 4);
  assert.ok(validate(events), JSON.stringify(validate.errors));
  assert.ok(validate(events[0]));
  for (const wrong of [[], {}, { ...events[0], id: 'x' }, { ...events[0], more: 1 }, [{ type: 'view' }]]) {
    assert.not.ok(validate(wrong), JSON.stringify(wrong));
    const payload = JSON.stringify(wrong);
    const answer = await app.inject({ method: 'POST', url: '/events', payload, headers: json });
    assert.ok(answer.statusCode >= 400, payload);
  }
  const { example } = post.requestBody.content['application/json'];
  assert.ok(validate(example), 'the example of the page is right');
});

test('the page, the document, the probes and each kind of problem are there', async () => {
  const page = await app.inject('/docs');
  assert.match(page.body, 'src="/docs/page.js"');
  assert.not.match(page.body, '{{');
  assert.match(String(page.headers['content-security-policy']), "default-src 'none'");
  for (const path of ['/docs/page.js', '/docs/page.css', '/problems', '/health', '/ready'])
    assert.is((await app.inject(path)).statusCode, 200, path);
  for (const kind of Object.keys(kinds))
    assert.is((await app.inject(`/problems/${kind}`)).json().type, `/problems/${kind}`);
  assert.is((await app.inject('/problems/none')).statusCode, 404);
  const away = await open('it does not answer');
  assert.equal(
    [(await away.inject('/ready')).statusCode, (await away.inject('/health')).statusCode],
    [503, 200],
  );
});

test('what is not there, and methods that are not allowed, have their problem', async () => {
  assert.is((await app.inject('/nothing')).json().type, '/problems/not-found');
  const other = await app.inject({ method: 'DELETE', url: '/events' });
  assert.equal([other.statusCode, other.headers.allow], [405, 'POST']);
});

test.run();
