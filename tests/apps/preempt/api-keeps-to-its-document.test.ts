import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import * as assert from 'uvu/assert';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { before, openRig, type Rig } from './api-rig.ts';
import { type Api, get } from './api-server.ts';

const test = suite<Rig>('problems, caches, and the description of the api');
test.before(async (context) => {
  Object.assign(context, await openRig());
});
test.after(({ platform }) => platform?.close());

const temperature = '/api/locations/900/observations?field=temperature_2m';
/** Of another order, not whole, or outside of what the columns hold. */
const wrongCursors = [
  ['/api/locations?sort=population&', '["locations/name","a",1]'],
  ['/api/locations?sort=population&', '["locations/population",-1,1]'],
  ['/api/locations?sort=population&', '["locations/population",1e3,4294967296]'],
  ['/api/locations?', '["locations/name","a",0]'],
  ['/api/locations?', '["locations/name",1,1]'],
  ['/api/anomalies?', '["anomalies",1e300,1]'],
  ['/api/anomalies?', '["anomalies",1e999,1]'],
  ['/api/anomalies?', '["anomalies",-1e14,1]'],
  ['/api/anomalies?', '["anomalies",253402300800000,1]'],
  ['/api/anomalies?', '["anomalies",1.5,1]'],
  ['/api/anomalies?', '["anomalies",1,1.5]'],
  ['/api/anomalies?', '["anomalies",1,0]'],
  ['/api/anomalies?', '["anomalies",1,9007199254740992]'],
] as const;

test('what is wrong is told by a problem document of its type, which leads to what it means', async ({
  api,
}) => {
  const cases: readonly (readonly [string, number, string])[] = [
    ['/api/nothing', 404, 'not-found'],
    ['/', 404, 'not-found'],
    ['/api/locations/12345', 404, 'not-found'],
    ['/api/locations/900/observations?field=moon', 404, 'not-found'],
    ['/api/locations?limit=0', 400, 'invalid-request'],
    ['/api/locations?limit=5&limit=6', 400, 'invalid-request'],
    ['/api/locations?unknown=1', 400, 'invalid-request'],
    ['/api/locations/x', 400, 'invalid-request'],
    ['/api/locations/900/observations', 400, 'invalid-request'],
    ['/api/anomalies?since=yesterday', 400, 'invalid-request'],
    ['/api/anomalies?since=2016-12-31T23:59:60Z', 400, 'invalid-request'],
    ['/api/anomalies?since=9999-12-31T23:59:59-23:59', 400, 'invalid-request'],
    [`${temperature}&to=2016-12-31T23:59:60Z`, 400, 'invalid-request'],
    [`${temperature}&from=2016-12-31T23:59:60Z`, 400, 'invalid-request'],
    [`${temperature}&to=0999-12-31T23:59:59Z`, 400, 'invalid-request'],
    [`${temperature}&points=2001`, 400, 'invalid-request'],
    [`${temperature}&points=9`, 400, 'invalid-request'],
    ['/api/locations?limit=1001', 400, 'invalid-request'],
    ['/api/anomalies?limit=201', 400, 'invalid-request'],
    ["/api/anomalies?field='%20OR%201=1", 400, 'invalid-request'],
    ['/api/locations/%ff', 400, 'invalid-request'],
    ['/api/locations?cursor=zzz', 422, 'contradictory-request'],
    ...wrongCursors.map(([path, json]) => {
      const cursor = Buffer.from(json).toString('base64url');
      return [`${path}cursor=${cursor}`, 422, 'contradictory-request'] as const;
    }),
    ['/api/locations?bbox=0,50,10,40', 422, 'contradictory-request'],
    [`${temperature}&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z`, 422, 'contradictory-request'],
    [`${temperature}&from=2020-01-02T00:00:00Z&to=2026-01-01T00:00:00Z`, 422, 'contradictory-request'],
    [`/api/locations?q=${'a'.repeat(3000)}`, 414, 'url-too-long'],
  ];
  for (const [path, status, kind] of cases) {
    const answer = await get(api, path);
    assert.is(answer.status, status, `${path}: ${JSON.stringify(answer.body)}`);
    assert.match(answer.headers.get('content-type') ?? '', 'application/problem+json');
    assert.is(answer.headers.get('cache-control'), 'no-store', path);
    assert.is(answer.headers.get('x-content-type-options'), 'nosniff', path);
    assert.is(answer.body.type, `/api/problems/${kind}`);
    assert.is(answer.body.status, status);
    assert.is((await get(api, answer.body.type)).body.status, status);
  }
  const unknown = (await get(api, '/api/locations?unknown=1&limit=0')).body;
  assert.equal(parameters(unknown), ['limit', 'unknown']);
  assert.equal(parameters((await get(api, `${temperature}&to=2016-12-31T23:59:60Z`)).body), ['to']);
});

const parameters = ({ errors }: { errors: readonly { parameter: string }[] }) =>
  errors.map(({ parameter }) => parameter).sort();

test('other methods are refused on every path with what is allowed, and a body is not read', async ({
  api,
}) => {
  for (const path of [
    ...['/api/problems', '/api/problems/not-found', '/api/docs', '/api/docs/page.js', '/api/docs/page.css'],
    ...['/api/openapi.json', '/api/stream', '/api/fields', temperature, '/health', '/ready'],
  ]) {
    const answer = await fetch(`${api.url}${path}`, { method: 'POST' });
    assert.equal([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD'], path);
    const head = await fetch(`${api.url}${path}`, { method: 'HEAD' });
    assert.equal([head.status, await head.text()], [200, ''], path);
  }
  const stream = await fetch(`${api.url}/api/stream`, { method: 'HEAD' });
  assert.match(stream.headers.get('content-type') ?? '', /^text\/event-stream/);
  for (const path of ['/api/docs/pageXjs', '/api/nothing', '/api/problems/a/b'])
    assert.is((await fetch(`${api.url}${path}`, { method: 'POST' })).status, 404, path);
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const answer = await fetch(`${api.url}/api/locations/900`, { method });
    assert.equal([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD'], method);
    assert.is(((await answer.json()) as { type: string }).type, '/api/problems/method-not-allowed');
  }
  const large = await new Promise<number>((resolve, reject) => {
    const asked = httpRequest(`${api.url}/api/locations`, {
      method: 'POST',
      headers: { 'content-length': '5000000' },
    });
    asked.on('response', (answer) => {
      resolve(answer.statusCode ?? 0);
      asked.destroy();
    });
    asked.on('error', reject);
    asked.write('{');
  });
  assert.is(large, 413);
});

test('what is no request that HTTP knows gets a problem document too', async ({ api }) => {
  for (const [text, status, kind] of [
    ['FOO /api/locations HTTP/1.1\r\nhost: a\r\n\r\n', 501, 'unknown-method'],
    [
      `GET /api/locations HTTP/1.1\r\nhost: a\r\ncookie: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
    ['GET /api/locations HTTP/1.1\r\n\u0001: a\r\n\r\n', 400, 'invalid-request'],
  ] as const) {
    const answer = await said(api, text);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    assert.match(head, new RegExp(`^HTTP/1.1 ${status} `), answer);
    for (const header of [
      'content-type: application/problem+json; charset=utf-8',
      'cache-control: no-store',
      'x-content-type-options: nosniff',
      'connection: close',
    ])
      assert.ok(head.split('\r\n').includes(header), `${status}: ${header}`);
    const document = JSON.parse(body);
    assert.equal([document.type, document.status], [`/api/problems/${kind}`, status]);
    assert.is((await get(api, document.type)).body.status, status);
  }
});

/** What the server says to a text, until it closes. */
function said({ url }: Api, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.setTimeout(20_000, () => socket.destroy(new Error(`no answer to ${text.slice(0, 20)}`)));
    socket.on('data', (piece) => {
      answer += piece;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

test('each answer says how long it may be used, and what it is', async ({ api }) => {
  for (const [path, seconds] of [
    ['/api/locations', 5],
    ['/api/locations/5', 5],
    [temperature, 10],
    ['/api/anomalies', 2],
    ['/api/fields', 60],
    ['/api/summary', 2],
    ['/api/problems', 300],
    ['/api/docs', 60],
    ['/api/openapi.json', 60],
  ] as const) {
    const { headers } = await get(api, path);
    assert.is(headers.get('cache-control'), `public, max-age=${seconds}`, path);
    assert.is(headers.get('x-content-type-options'), 'nosniff', path);
  }
  for (const path of ['/health', '/ready'])
    assert.is((await get(api, path)).headers.get('cache-control'), 'no-store', path);
  const stream = await fetch(`${api.url}/api/stream`);
  assert.equal(
    ['cache-control', 'x-content-type-options'].map((name) => stream.headers.get(name)),
    ['no-store', 'nosniff'],
  );
  await stream.body?.cancel();
});

test('an answer that a client has is not sent again', async ({ api }) => {
  const first = await get(api, '/api/locations/5');
  const tag = first.headers.get('etag') ?? '';
  assert.match(tag, /^W\/"[\w-]{20}"$/);
  const again = await get(api, '/api/locations/5', { 'if-none-match': `"other", ${tag}` });
  assert.equal([again.status, again.body, again.headers.get('etag')], [304, '', tag]);
  assert.is((await get(api, '/api/locations/5', { 'if-none-match': '"other"' })).status, 200);
});

test('every answer is as its own OpenAPI says, and every path that it names answers', async ({ api }) => {
  const { body: document } = await get(api, '/api/openapi.json');
  assert.match(document.openapi, /^3\.1/);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  const asked = {
    '/api/locations': ['', '?q=sao', '?limit=0', '?cursor=zzz'],
    '/api/locations/{id}': ['900', '1', '12345', 'x'],
    '/api/locations/{id}/observations': [
      '900?field=temperature_2m',
      `900?field=cloud_cover&points=10&from=${before(400).toISOString()}`,
      '900?field=moon',
      '900',
      '900?field=temperature_2m&to=2001-01-01T00:00:00Z&from=2002-01-01T00:00:00Z',
    ],
    '/api/anomalies': ['', '?state=all&limit=2', '?field=moon', '?limit=0', '?cursor=zzz'],
    '/api/fields': ['', '?a=1'],
    '/api/summary': ['', '?a=1'],
    '/api/stream': [],
  } as const;
  assert.equal(Object.keys(document.paths).sort(), Object.keys(asked).sort());
  for (const [path, requests] of Object.entries(asked)) {
    const { responses } = document.paths[path].get;
    const others = ajv.compile(responses.default?.content['application/problem+json'].schema);
    const refused = await fetch(`${api.url}${path.replace('{id}', '900')}`, { method: 'POST' });
    assert.ok(others(await refused.json()), `${path}: ${ajv.errorsText(others.errors)}`);
    const covered = new Set<string>();
    for (const one of requests) {
      const [id = '', query = ''] = one.split('?');
      const answer = await get(api, `${path.replace('{id}', id)}${query === '' ? '' : `?${query}`}`);
      const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
      const schema = responses[String(answer.status)]?.content?.[type]?.schema;
      assert.ok(schema, `${path} ${one}: ${answer.status} ${type} is documented`);
      const valid = ajv.compile(schema);
      assert.ok(valid(answer.body), `${path} ${one}: ${ajv.errorsText(valid.errors)}`);
      covered.add(String(answer.status));
    }
    for (const status of Object.keys(responses))
      if (status !== '503' && status !== 'default' && requests.length > 0)
        assert.ok(covered.has(status), `${path} ${status} is seen here`);
  }
});

test('the guide names every path, and none that is not there', async ({ api }) => {
  const guide = await readFile(join(root, 'docs/systems/preempt.md'), 'utf8');
  const [, table = ''] = /^\| path +\|.*\n\| ?-.*\n((?:\|.*\n)+)/m.exec(guide) ?? [];
  const named = table.split('\n').flatMap((row) => {
    const [, first = ''] = row.split('|');
    return [...first.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path.replace('ID', '{id}'));
  });
  const { body } = await get(api, '/api/openapi.json');
  const others = ['/api/problems', '/health', '/ready'];
  assert.equal(named.sort(), [...Object.keys(body.paths), ...others].sort());
});

test('the page to try it loads only its own files, under a policy that says so', async ({ api }) => {
  const page = await get(api, '/api/docs');
  assert.is(
    page.headers.get('content-security-policy'),
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  );
  assert.is(page.headers.get('referrer-policy'), 'no-referrer');
  assert.not.match(page.body, /<script>|style=|https?:\/\//);
  for (const [, path = ''] of page.body.matchAll(/(?:src|href)="(\/api\/[^"#]+)"/g)) {
    assert.is((await get(api, path)).status, 200, path);
  }
});

test.run();
