import * as assert from 'uvu/assert';
import { until } from '../../../trial/until.ts';
import { isAwaited } from '../../harness/awaited-lock.ts';
import { suite } from '../../harness/suite.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('a pod that replaces one whose Redis still ends');
let platform: Platform;

test.before(async () => {
  platform = await openPlatform({ migrated: false });
});
test.after(() => platform?.close());

// Other systems have no such file to look into, and no flock.
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('its own waits until the other has let go of the data, and has all of it', async () => {
  const { redis, services, trial } = platform;
  const length = () => redis.send<number>(['XLEN', 'kept']);
  for (let number = 1; number <= 100; number += 1) await redis.send(['XADD', 'kept', '*', 'number', number]);
  const before = services.redis.server();
  // Its probe is answered by the first one still.
  await services.redis.startServer();
  const lock = `${trial.folder}/redis-0/data/server.lock`;
  await until(async () => isAwaited(lock), { deadline: 60_000, what: 'a process that waits for the lock' });
  assert.is(before.state(), undefined);
  assert.is(await length(), 100);
  await before.stop();
  await until(async () => (await length().catch(() => undefined)) === 100, {
    deadline: 60_000,
    what: 'the second server, with all of it',
  });
});

test.run();
