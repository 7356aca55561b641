import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { ReceivedEvent } from '../../../apps/big-data/event/index.ts';
import { executorsOf } from '../../../trial/services/spark-cluster.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { expectedRows } from './expected-rows.ts';
import { openProductionRig, type ProductionRig } from './production-rig.ts';
import { assertStored, drained, killWithin, sendPast, startQueries, within } from './spark-rig.ts';
import { storefrontHistory } from './storefront-history.ts';

const test = suite<{ rig: ProductionRig }>(
  'Spark as production has it: executors in workers, checkpoints in a store of objects',
);

const sent = storefrontHistory(1400, 11);
const events = sent.flatMap(({ event }): ReceivedEvent[] => (event === undefined ? [] : [event]));

test.before(async (context) => {
  context.rig = await openProductionRig();
});
test.after(({ rig }) => rig?.close());

test('an executor and a driver that are killed in mid-batch lose nothing, and count nothing twice', async ({
  rig,
}) => {
  const batches = { env: { MAX_OFFSETS_PER_TRIGGER: '720' } };
  await sendPast(rig, sent);
  const first = await startQueries(rig, batches);
  await within(rig, first, 'windows', 1);
  const [executor, ...others] = rig.cluster.workers.flatMap(executorsOf);
  assert.is(others.length, 1, 'an executor runs in each worker');
  process.kill(executor as number, 'SIGKILL');
  // The batch in which that was is done, and the next one is under way.
  assert.ok((await killWithin(rig, first, 'windows', 1)) >= 0, 'the driver was in mid-batch');
  const second = await startQueries(rig, batches);
  await drained(second);
  await assertStored(rig, expectedRows(events));
  await second.stop(100_000);
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
