import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createLog } from '../../../apps/kit/index.ts';
import { readConfiguration } from '../../../apps/preempt/configuration.ts';
import { detect } from '../../../apps/preempt/detect/run.ts';
import { readModels, versionsIn } from '../../../apps/preempt/models/index.ts';
import { startPreemptWorker } from '../../../trial/preempt.ts';
import { until } from '../../../trial/until.ts';
import type { RunningWorker } from '../../../trial/worker.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { addLocation, anomaliesOf, day, hour, observe, weatherUntil } from './history.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('trainers do not fight, and survive their volume');
const now = Math.floor(Date.now() / hour) * hour;
const locations = [1, 2, 3];
let platform: Platform;
let models: string;
let runs = 0;
/** The trainers of the test that runs. */
let started: RunningWorker[] = [];

test.before(async () => {
  platform = await openPlatform();
  for (const id of locations) {
    const fields = await addLocation(platform.pool, id);
    // The third has two weeks alone.
    await observe(platform.pool, id, fields, weatherUntil(id, now, id === 3 ? 14 : 60));
  }
});
test.after(() => platform?.close());
test.before.each(async () => {
  started = [];
  models = await mkdtemp(join(tmpdir(), 'models-'));
});
test.after.each(() => rm(models, { recursive: true, force: true }));

const train = async (index = 0, folder = models) => {
  runs += 1;
  const worker = await startPreemptWorker(platform.trial, {
    workload: 'Deployment/ml-trainer',
    index,
    label: `run${runs}`,
    folders: { models: folder },
  });
  started.push(worker);
  return worker;
};
const ready = async (worker: RunningWorker) => {
  const answer = await fetch(`${worker.metrics}/readyz`, { signal: AbortSignal.timeout(2000) }).catch(
    () => undefined,
  );
  return answer === undefined ? undefined : { ok: answer.ok, why: await answer.text() };
};
/** The first version; told at once, and not after a minute a test, when a trainer ended or does without its lock. */
async function published(folder = models): Promise<number> {
  const unfit = () =>
    started.find((one) => /not published|EEXIST/.test(one.log()) || (one.state()?.status ?? 0) !== 0);
  const found = await until(async () => unfit()?.log().slice(-2000) ?? (await versionsIn(folder))[0], {
    deadline: 60_000,
    what: 'a version',
  });
  if (typeof found === 'string') throw new Error(`no version will come: ${found}`);
  return found;
}

test('of two trainers at once one trains, and both are ready and end when they are told', async () => {
  const workers = [await train(0), await train(1)];
  assert.is(await published(), 1);
  const trained = () => workers.filter((worker) => /"msg":"trained"/.test(worker.log())).length;
  await until(() => trained() > 0, { deadline: 60_000, what: 'a training' });
  for (const worker of workers) {
    await until(async () => (await ready(worker))?.ok, { deadline: 60_000, what: 'ready' });
    await worker.stop();
    assert.equal(worker.state(), { status: 0, signal: null });
    // Who did without the lock would have tried to publish the same version.
    assert.not.match(worker.log(), /EEXIST|no model can be written|not published/);
  }
  assert.is(trained(), 1);
  assert.equal(await versionsIn(models), [1]);
  const found = await readModels(models, new Set(locations), { now: Date.now(), mostDays: 7 });
  assert.is(Object.keys(found.locations.get(1) ?? {}).length, 7);
  assert.equal(found.locations.get(3), {});
  const bands = await platform.pool.query<{ count: number }>('SELECT COUNT(*) AS count FROM bands');
  assert.is(bands[0]?.count, 2 * 7 * 8);
  const times = await platform.pool.query('SELECT DISTINCT trained_at AS at FROM bands');
  assert.equal(times, [{ at: new Date(found.trainedAt ?? '') }]);
});

test('a trainer that is killed at any instant leaves whole versions alone, and its lock to the next', async () => {
  for (let kill = 0; kill < 4; kill += 1) {
    const killed = await train();
    const begun = performance.now();
    await until(
      async () =>
        performance.now() - begun > 250 + kill * 150 ||
        (await readdir(models)).some((name) => name.startsWith('.partial')),
      { deadline: 60_000, what: 'an instant to kill at', every: 2 },
    );
    killed.signal('SIGKILL');
    await killed.ended;
    for (const version of await versionsIn(models)) {
      const text = await readFile(join(models, `models-${String(version).padStart(8, '0')}.jsonl`), 'utf8');
      assert.is(text.trimEnd().split('\n').length, 1 + locations.length);
    }
    if ((await versionsIn(models)).length > 0)
      await rm(models, { recursive: true }).then(() => mkdir(models));
  }
  const next = await train();
  await published();
  await next.stop();
  assert.equal(
    (await readdir(models)).filter((name) => name.startsWith('.partial')),
    [],
  );
});

test('a volume without room or without leave to write makes it wait and say so, and go on when there is room', async () => {
  const small = join(models, 'small');
  await mkdir(small);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', small]).status !== 0) return;
  try {
    const worker = await train(0, small);
    const why = await until(
      async () => {
        const state = await ready(worker);
        return state?.ok === false && /ENOSPC/.test(state.why) ? state.why : undefined;
      },
      { deadline: 60_000, what: 'a full volume to be told' },
    );
    assert.match(why, /no model can be written/);
    assert.is(worker.state(), undefined);
    spawnSync('mount', ['-o', 'remount,ro', small]);
    await until(() => /EROFS/.test(worker.log()), {
      deadline: 60_000,
      what: 'a read-only volume to be told',
    });
    spawnSync('mount', ['-o', 'remount,rw,size=4m', small]);
    await published(small);
    await until(async () => (await ready(worker))?.ok, { deadline: 60_000, what: 'ready' });
    await worker.stop();
  } finally {
    spawnSync('umount', [small]);
  }
});

test('the detector judges by the model where there is one, and by statistics alone where it is not', async () => {
  const worker = await train();
  await published();
  await worker.stop();
  const { pool } = platform;
  for (const id of [1, 3]) {
    const fields = await addLocation(pool, id);
    const one = weatherUntil(id, now, 14).at(-1);
    assert.ok(one !== undefined);
    await observe(pool, id, fields, [{ at: now, values: { ...one.values, relative_humidity_2m: 130 } }]);
  }
  await detect({
    pool,
    configuration: await readConfiguration(join(root, 'base/preempt/config.yaml')),
    modelsPath: models,
    log: createLog('test', 'silent'),
    signal: new AbortController().signal,
  });
  const [first] = (await anomaliesOf(pool, 1)).filter(({ value }) => value === 130);
  assert.is(first?.judged_by, 'model 1');
  assert.match(
    first?.explanation ?? '',
    /^Relative humidity of 130 % at \d\d:\d\d: no weather gives less than 0 % or more than 100 %$/,
  );
  const [third] = (await anomaliesOf(pool, 3)).filter(({ value }) => value === 130);
  assert.is(third?.judged_by, 'statistics: too little history for a model');
  assert.match(third?.explanation ?? '', /\(judged by statistics alone: too little history for a model\)$/);
  assert.ok(day > hour);
});

test.run();
