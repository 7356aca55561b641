import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { ReceivedEvent } from '../../../apps/big-data/event/index.ts';
import { startGateway } from '../../../trial/big-data.ts';
import type { RunningSpark } from '../../../trial/services/spark.ts';
import { executorsOf } from '../../../trial/services/spark-cluster.ts';
import { until } from '../../../trial/until.ts';
import { allIsTold } from '../../alerts/all-is-told.ts';
import { suite } from '../../harness/suite.ts';
import { someEvents, toNdjson } from './events.ts';
import { expectedRows } from './expected-rows.ts';
import { ndjson, post } from './gateway-rig.ts';
import { openProductionRig, type ProductionRig } from './production-rig.ts';
import { assertStored, drained, killWithin, sendPast, startQueries, within } from './spark-rig.ts';
import { storefrontHistory } from './storefront-history.ts';

const test = suite<{ rig: ProductionRig; spark: RunningSpark }>(
  'Spark as production has it: executors in workers, checkpoints in a store of objects',
);

const sent = storefrontHistory(1400, 11);
const events = sent.flatMap(({ event }): ReceivedEvent[] => (event === undefined ? [] : [event]));

test.before(async (context) => {
  context.rig = await openProductionRig();
});
test.after(({ rig }) => rig?.close());

test('an executor and a driver that are killed in mid-batch lose nothing, and count nothing twice', async (context) => {
  const { rig } = context;
  const batches = { env: { MAX_OFFSETS_PER_TRIGGER: '720' } };
  await sendPast(rig, sent);
  const first = await startQueries(rig, batches);
  await within(rig, first, 'windows', 1);
  const [executor, ...others] = rig.cluster.workers.flatMap(executorsOf);
  assert.is(others.length, 1, 'an executor runs in each worker');
  process.kill(executor as number, 'SIGKILL');
  // The batch in which that was is done, and the next one is under way.
  assert.ok((await killWithin(rig, first, 'windows', 1)) >= 0, 'the driver was in mid-batch');
  context.spark = await startQueries(rig, batches);
  await drained(context.spark);
  await assertStored(rig, expectedRows(events));
});

test('all that alerts and dashboards ask for is told by what runs, which is well', async ({ rig, spark }) => {
  const token = 'of-a-trial-alone';
  const gateway = await startGateway(rig.trial, {
    unknownValue: 'known-to-the-cluster',
    env: { INGEST_TOKEN: token },
  });
  // Not of the last hour: more than some late ones are a reason to be told.
  const occurredAt = new Date().toISOString();
  const fresh = someEvents(100, 5).map((event) => ({ ...event, occurredAt }));
  const answer = await post(gateway, toNdjson(fresh), {
    ...ndjson,
    authorization: `Bearer ${token}`,
  });
  assert.is(answer.status, 202);
  // There is no Grafana here. Of it the alert asks whether it answers, and a page that says nothing does.
  const grafana = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => grafana.listen(0, '127.0.0.1', resolve));
  const pods = new Map<string, (readonly [string, string])[]>([
    ['grafana', [['grafana-0', `http://127.0.0.1:${(grafana.address() as AddressInfo).port}`]]],
    ['producer-gateway', [['producer-gateway-0', gateway.worker.metrics]]],
    ['spark-streaming', [['spark-streaming-0', spark.metrics]]],
  ]);
  for (const [pod, url] of rig.cluster.pages) {
    const workload = pod.replace(/-\d+$/, '');
    pods.set(workload, [...(pods.get(workload) ?? []), [pod, url]]);
  }
  try {
    // No cluster is around.
    const trueHere = new Set(['BigDataAlertsBlind']);
    await allIsTold({ trial: rig.trial, system: 'big-data', pods, trueHere });
  } finally {
    grafana.closeAllConnections();
    grafana.close();
    await spark.stop(100_000);
  }
});

test('checkpoints lie in the store of objects alone, with what is counted, for those who may read it', async ({
  rig,
}) => {
  assert.equal((await readdir(rig.checkpoints)).sort(), ['events', 'windows-12']);
  const kept = await readdir(join(rig.checkpoints, 'windows-12'), { recursive: true });
  // What no rename would have left behind is there under its own name.
  assert.ok(kept.some((path) => /^commits\/\d+$/.test(path)));
  assert.ok(kept.filter((path) => /^state\/0\/\d+\/\d+\.changelog$/.test(path)).length >= 12);
  const here = await readdir(join(rig.trial.folder, 'spark-streaming-0'), { recursive: true });
  assert.not.ok(here.some((path) => /\b(offsets|commits|state)\//.test(path)));
  const stranger = await fetch(`${rig.objects.bucket}/?list-type=2`, { signal: AbortSignal.timeout(10_000) });
  assert.is(stranger.status, 403);
});

test('each pod had room enough in its memory', async ({ rig }) => {
  for (const [pod, limit] of rig.limits) assert.is(await limit.kills(), 0, pod);
  await until(() => rig.cluster.workers.every((worker) => executorsOf(worker).length === 0), {
    deadline: 30_000,
    what: 'the end of the executors',
  });
});

test.run();
