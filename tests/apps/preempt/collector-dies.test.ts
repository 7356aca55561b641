import * as assert from 'uvu/assert';
import { startOpenMeteo } from '../../../trial/services/open-meteo.ts';
import type { RunningWorker } from '../../../trial/worker.ts';
import { suite } from '../../harness/suite.ts';
import { startCollecting } from './collecting.ts';
import { startCut } from './cut.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('the collector dies');
let platform: Platform;

test.before(async () => {
  platform = await openPlatform();
});
test.after(() => platform?.close());

test('killed at each step with the source, Redis and MySQL: what the source gave is in the stream, and all calls were noted', async () => {
  const { services, pool } = platform;
  let [steps, killAt] = [0, 0];
  let victim: RunningWorker | undefined;
  const step = () => {
    steps += 1;
    if (steps !== killAt) return true;
    victim?.signal('SIGKILL');
    return false;
  };
  // The same quarter of an hour all the while: what is asked for again is given again.
  const begun = new Date();
  const limits = { minute: 1e6, hour: 1e6, day: 1e6 };
  const source = await startOpenMeteo({ now: () => begun, limits, onRequest: () => void step() });
  const mysql = await startCut(services.mysql.port, step);
  const redis = await startCut(services.redis.port, step);
  try {
    const collecting = await startCollecting(platform, source, 12);
    const edit = (config: string) => config.replace('locations_per_request: 100', 'locations_per_request: 4');
    const options = { env: { DB_PORT: String(mysql.port), REDIS_PORT: String(redis.port) }, edit };
    assert.is(await collecting.ended(options), 0);
    const all = steps;
    let kills = 0;
    const kept = new Set<string>();
    /** What the stream got since it was asked last. */
    const taken = async () => {
      const messages = await collecting.messages();
      await platform.redis.send(['DEL', collecting.stream]);
      for (const { location, observedAt } of messages) kept.add(`${location} ${observedAt}`);
      return new Set(messages.map(({ location }) => location));
    };
    await taken();
    for (let at = 1; at <= all; at += Math.max(1, Math.round(all / 30))) {
      await pool.change('UPDATE locations SET collected_at = NULL');
      [steps, killAt] = [0, at];
      victim = await collecting.run(options);
      if ((await victim.ended).signal === 'SIGKILL') kills += 1;
      // Nothing counts as collected that the stream did not get.
      const known = await taken();
      const marked = await pool.query<{ id: number }>(
        'SELECT id FROM locations WHERE collected_at IS NOT NULL',
      );
      assert.equal(
        marked.filter(({ id }) => !known.has(id)),
        [],
      );
    }
    killAt = 0;
    assert.is(await collecting.ended(options), 0);
    assert.ok(all >= 20 && kills >= 15, `${kills} kills of ${all} steps`);
    assert.ok(source.calls() <= (await collecting.spent()), `${source.calls()} calls, fewer were noted`);
    const places = new Map(
      (
        await pool.query<{ id: number; latitude: number; longitude: number }>(
          'SELECT id, latitude, longitude FROM locations',
        )
      ).map(({ id, latitude, longitude }) => [`${latitude} ${longitude}`, id]),
    );
    await taken();
    const lost = source.given.filter(({ latitude, longitude, time }) => {
      return !kept.has(`${places.get(`${latitude} ${longitude}`)} ${time}Z`);
    });
    assert.equal(lost, []);
  } finally {
    await mysql.close();
    await redis.close();
    await source.close();
  }
});

test('told to end, it keeps what it has been given', async () => {
  let worker: RunningWorker | undefined;
  const source = await startOpenMeteo({ onRequest: () => worker?.signal('SIGTERM') });
  try {
    const collecting = await startCollecting(platform, source, 30);
    const edit = (config: string) =>
      config
        .replace('locations_per_request: 100', 'locations_per_request: 10')
        .replace('parallel_requests: 4', 'parallel_requests: 1');
    worker = await collecting.run({ edit });
    assert.is((await worker.ended).status, 3, worker.log());
    assert.is((await collecting.messages()).length, 10);
    assert.is(await collecting.collected(), 10);
  } finally {
    await source.close();
  }
});

test.run();
