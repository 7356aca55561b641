import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { versionsIn } from '../../../apps/preempt/models/index.ts';
import { startPreemptWorker } from '../../../trial/preempt.ts';
import { until } from '../../../trial/until.ts';
import { allIsTold } from '../../alerts/all-is-told.ts';
import { suite } from '../../harness/suite.ts';
import { metricOf } from '../metric-of.ts';
import { get, startApi } from './api-server.ts';
import { addLocation, hour, observe, weatherUntil } from './history.ts';
import { openPlatform, type Platform } from './platform.ts';
import { newStream } from './stream.ts';

const test = suite('what monitors are told');
let platform: Platform;
let models: string;

test.before(async () => {
  platform = await openPlatform();
  models = await mkdtemp(join(tmpdir(), 'models-'));
});
test.after(async () => {
  await platform?.close();
  await rm(models, { recursive: true, force: true });
});

test('all that alerts and the dashboard ask for is told by what runs, which is well', async () => {
  const { trial, pool } = platform;
  const now = Math.floor(Date.now() / hour) * hour;
  const location = await addLocation(pool, 1);
  await observe(pool, 1, location, weatherUntil(1, now, 30));
  const trainer = await startPreemptWorker(trial, {
    workload: 'Deployment/ml-trainer',
    folders: { models },
  });
  const api = await startApi(platform);
  const stream = await newStream(platform, 'monitored');
  const store = await stream.startStore();
  await until(async () => (await versionsIn(models)).length > 0, { deadline: 120_000, what: 'a version' });
  // An increase is seen between two scrapes: something is stored between any two, and somebody asks.
  let isDone = false;
  const busy = (async () => {
    while (!isDone) {
      await stream.send(stream.make(1));
      await stream.drained();
      await get(api, '/api/summary');
    }
  })();
  try {
    await until(async () => ((await metricOf(store, 'preempt_store_entries_total')) ?? 0) > 0, {
      deadline: 60_000,
      what: 'an entry that is stored',
    });
    await allIsTold({
      trial,
      system: 'preempt',
      pods: new Map([
        ['api', [['api-0', api.worker.metrics]]],
        ['store', [['store-0', store.metrics]]],
        ['ml-trainer', [['ml-trainer-0', trainer.metrics]]],
      ]),
      // No cluster is around that tells of pods.
      trueHere: new Set([
        'PreemptAlertsBlind',
        'PreemptMysqlDown',
        'PreemptPageDown',
        'PreemptRedisDown',
        'namespace:stale:bool',
      ]),
    });
  } finally {
    isDone = true;
    await busy;
  }
  await Promise.all([trainer.stop(), store.stop(), api.worker.stop()]);
});

test.run();
