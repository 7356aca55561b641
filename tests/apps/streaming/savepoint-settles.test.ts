import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { disposeLeftovers, takeSavepoint, withSavepoint } from '../../../apps/streaming/backup/flink.ts';
import { suite } from '../../harness/suite.ts';

const test = suite('a savepoint to be copied');

const location = 'file:/var/lib/flink/backups/savepoint-1';

interface Answers {
  /** Tasks of the job that run, of two, by the count of looks; the last stays. */
  readonly running?: readonly number[];
  readonly operation?: object;
  /** Savepoints that it does not remove. */
  readonly broken?: string;
  /** The newest completed checkpoint, by the count of looks; the savepoint is the tenth. */
  readonly completed?: readonly number[];
}

/** Stands for Flink's REST API. @returns how often each thing was asked */
async function withFlink(
  { running = [2], operation = { location }, completed = [12], broken }: Answers,
  work: (url: string, asked: Map<string, number>, disposed: string[]) => Promise<void>,
): Promise<void> {
  const asked = new Map<string, number>();
  const look = <Value>(what: string, values: readonly Value[]): Value => {
    const count = asked.get(what) ?? 0;
    asked.set(what, count + 1);
    return values[Math.min(count, values.length - 1)] as Value;
  };
  const disposed: string[] = [];
  const server = createServer(async (request, response) => {
    const say = (answer: object) => response.end(JSON.stringify(answer));
    if (request.url === '/jobs/overview') {
      const tasks = { total: 2, running: look('overview', running) };
      return say({
        jobs: [
          { jid: 'old', name: 'revenue', state: 'CANCELED', tasks },
          { jid: 'a', name: 'revenue', state: 'RUNNING', tasks },
        ],
      });
    }
    if (request.method === 'POST' && request.url === '/savepoint-disposal') {
      const body = (await request.setEncoding('utf8').toArray()).join('');
      const path = (JSON.parse(body) as { 'savepoint-path': string })['savepoint-path'];
      if (broken === undefined || !path.endsWith(broken)) disposed.push(path);
      return say({ 'request-id': path.split('/').at(-1) });
    }
    if (request.url?.startsWith('/savepoint-disposal/')) {
      const failed = broken !== undefined && request.url.endsWith(broken);
      const cause = failed ? { 'failure-cause': { class: 'java.io.FileNotFoundException' } } : {};
      return say({ status: { id: 'COMPLETED' }, operation: cause });
    }
    if (request.method === 'POST') {
      look('trigger', ['']);
      return say({ 'request-id': 'r' });
    }
    if (request.url === '/jobs/a/savepoints/r') return say({ status: { id: 'COMPLETED' }, operation });
    const id = look('checkpoints', completed);
    return say({ latest: { completed: { id }, savepoint: { id: 10, external_path: location } } });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, disposed);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const config = (url: string, seconds = 30) => ({
  ...{ url, seconds, job: 'revenue', folder: '/var/lib/flink/backups' },
  signal: new AbortController().signal,
});

const refused = (work: Promise<unknown>, how: string) =>
  work.then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, how),
  );

test('is settled two checkpoints later: what it counted is committed', () =>
  withFlink({ completed: [9, 11, 12] }, async (url, asked) => {
    const savepoint = await takeSavepoint(config(url));
    assert.is(savepoint.location, location);
    assert.is(savepoint.jobId, 'a');
    assert.is(asked.get('checkpoints'), 3);
  }));

test('is none without them', () =>
  withFlink({ completed: [11] }, (url) =>
    refused(takeSavepoint(config(url, 2)), 'no two checkpoints after the savepoint'),
  ));

test('is asked for once all tasks run', () =>
  withFlink({ running: [1, 2] }, async (url, asked) => {
    await takeSavepoint(config(url));
    assert.is(asked.get('overview'), 2);
    assert.is(asked.get('trigger'), 1);
  }));

test('that fails says why', () =>
  withFlink({ operation: { 'failure-cause': { class: 'java.io.IOException' } } }, (url) =>
    refused(takeSavepoint(config(url)), 'no savepoint: java.io.IOException'),
  ));

test('of a job that does not run is none', () =>
  withFlink({}, (url) => refused(takeSavepoint({ ...config(url), job: 'another' }), 'no job another runs')));

test('is removed when it was copied, and when it could not be', () =>
  withFlink({}, async (url, _, disposed) => {
    await withSavepoint(config(url), async () => assert.equal(disposed, []));
    assert.equal(disposed, [location]);
    await refused(
      withSavepoint(config(url), async () => {
        throw new Error('the store is away');
      }),
      'the store is away',
    );
    assert.equal(disposed, [location, location]);
  }));

test('is removed when it does not settle, or the pod is told to go', () =>
  withFlink({ completed: [11] }, async (url, _, disposed) => {
    await refused(takeSavepoint(config(url, 1)), 'no two checkpoints');
    assert.equal(disposed, [location]);
    const ended = AbortSignal.timeout(500);
    await refused(takeSavepoint({ ...config(url), signal: ended }), 'abort');
    assert.equal(disposed, [location, location]);
  }));

test("of a run that was killed is removed by the next one; another run's of this hour is not", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'backups-'));
  const now = new Date();
  for (const [name, minutes] of [
    ['savepoint-old', 61],
    ['savepoint-half', 600],
    ['savepoint-young', 5],
  ] as const) {
    const at = new Date(now.getTime() - minutes * 60_000);
    await mkdir(join(folder, name));
    await utimes(join(folder, name), at, at);
  }
  try {
    await withFlink({ broken: 'savepoint-half' }, async (url, _, disposed) => {
      const found = await disposeLeftovers({ ...config(url), folder }, now);
      assert.equal(found, { disposed: ['savepoint-old'], left: ['savepoint-half'] });
      assert.equal(disposed, [`file:${folder}/savepoint-old`]);
      const none = await disposeLeftovers({ ...config(url), folder: join(folder, 'none') }, now);
      assert.equal(none, { disposed: [], left: [] });
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.run();
