import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { copyZookeeper } from '../../../apps/streaming/backup/zookeeper-files.ts';
import { suite } from '../../harness/suite.ts';

const test = suite<{ from: string; to: string }>("what of a member's files is copied");

const whole = Buffer.from([1, 2, 3, 4, 5, 6, 0, 0, 0, 1, 0x2f]);

test.before.each(async (context) => {
  context.from = await mkdtemp(join(tmpdir(), 'version-2-'));
  context.to = await mkdtemp(join(tmpdir(), 'copy-'));
});
test.after.each(async ({ from, to }) => {
  await rm(from, { recursive: true });
  await rm(to, { recursive: true });
});

const hold = async (folder: string, files: Readonly<Record<string, Buffer | string>>) => {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
};

test('the newest snapshot that was written to its end, and the logs from the one that it was taken in', async ({
  from,
  to,
}) => {
  await hold(from, {
    'snapshot.0': whole,
    'snapshot.9f': whole,
    'snapshot.a0': whole.subarray(0, 10),
    'log.1': 'a',
    'log.90': 'b',
    'log.a1': 'c',
    currentEpoch: '1',
  });
  const copy = await copyZookeeper(from, to);
  assert.equal(copy, { snapshot: 'snapshot.9f', files: ['snapshot.9f', 'log.90', 'log.a1'] });
  assert.equal((await readdir(to)).sort(), ['log.90', 'log.a1', 'snapshot.9f']);
});

test('numbers are compared as numbers', async ({ from, to }) => {
  await hold(from, {
    'snapshot.ff': whole,
    'snapshot.100': whole,
    'log.2': 'a',
    'log.fe': 'b',
    'log.101': 'c',
  });
  assert.equal((await copyZookeeper(from, to)).files, ['snapshot.100', 'log.101']);
});

test('without a whole snapshot there is nothing to copy', async ({ from, to }) => {
  await hold(from, { 'snapshot.0': whole.subarray(0, 8), 'log.1': 'a' });
  await copyZookeeper(from, to).then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, 'no whole snapshot'),
  );
});

test.run();
