import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { counter, createRegistry, startHealth } from '../../../apps/kit/index.ts';

async function withHealth(
  work: (
    get: (path: string) => Promise<{ status: number; body: string }>,
    set: (why: Why) => void,
  ) => Promise<void>,
): Promise<void> {
  let why: Why = {};
  const registry = createRegistry();
  counter(registry, 'test_things_total', 'Things').inc(3);
  const health = await startHealth({
    address: '127.0.0.1:0',
    registry,
    dead: () => why.dead,
    notReady: () => why.notReady,
  });
  try {
    await work(
      async (path) => {
        const response = await fetch(`http://127.0.0.1:${health.port}${path}`);
        return { status: response.status, body: await response.text() };
      },
      (now) => {
        why = now;
      },
    );
  } finally {
    await health.close();
  }
}

interface Why {
  readonly dead?: string;
  readonly notReady?: string;
}

test('what is not ready lives on; what is dead is neither', async () => {
  await withHealth(async (get, set) => {
    assert.is((await get('/livez')).status, 200);
    assert.is((await get('/readyz')).status, 200);
    set({ notReady: 'the broker is away' });
    assert.is((await get('/livez')).status, 200);
    assert.equal(await get('/readyz'), { status: 503, body: 'the broker is away\n' });
    set({ dead: 'stuck' });
    assert.equal(await get('/livez?verbose'), { status: 503, body: 'stuck\n' });
    assert.is((await get('/readyz')).status, 503);
  });
});

test('metrics are served as Prometheus reads them, and nothing else is', async () => {
  await withHealth(async (get) => {
    assert.match((await get('/metrics')).body, /^test_things_total 3$/m);
    assert.match((await get('/metrics')).body, /^process_cpu_seconds_total /m);
    assert.is((await get('/')).status, 404);
  });
});

test('a port that is taken is told with the variable that names it', async () => {
  const options = { registry: createRegistry(), dead: () => undefined, notReady: () => undefined };
  const first = await startHealth({ ...options, address: '127.0.0.1:0' });
  try {
    await startHealth({ ...options, address: `127.0.0.1:${first.port}` }).then(
      () => assert.unreachable(),
      (error) => assert.match(error.message, /METRICS_ADDRESS: cannot listen on 127\.0\.0\.1:\d+/),
    );
  } finally {
    await first.close();
  }
});

test.run();
