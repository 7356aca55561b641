import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noStore, openStore } from '../../../validators/cache/store.ts';
import { folderWith } from '../../harness/folder.ts';

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

test('what was put is what is got, by its key', async () => {
  await using folder = await folderWith();
  const store = openStore(join(folder.path, 'made', 'when needed'));
  assert.is(await store.get('a'), undefined);
  await store.put('a', 'text');
  await store.put('b', Buffer.from([0, 255]));
  assert.is((await store.get('a'))?.toString(), 'text');
  assert.equal([...((await store.get('b')) ?? [])], [0, 255]);
  assert.is(await store.get('c'), undefined);
});

test('an entry with one byte changed, cut short, or with more at its end is a miss, and can be put again', async () => {
  await using folder = await folderWith();
  const store = openStore(folder.path);
  const value = JSON.stringify({ objects: ['a'] });
  for (const damage of [
    (whole: Buffer) => whole.fill(32, whole.length - 3, whole.length - 2),
    (whole: Buffer) => whole.subarray(0, whole.length - 1),
    (whole: Buffer) => Buffer.concat([whole, Buffer.from(' ')]),
    () => Buffer.from('{}'),
    () => Buffer.from('null'),
    () => Buffer.alloc(0),
  ]) {
    await store.put('key', value);
    const whole = await readFile(join(folder.path, 'key'));
    await writeFile(join(folder.path, 'key'), damage(whole));
    assert.is(await store.get('key'), undefined, damage.toString());
    await store.put('key', value);
    assert.is((await store.get('key'))?.toString(), value);
  }
});

test('a folder in the place of an entry is a miss', async () => {
  await using folder = await folderWith();
  await mkdir(join(folder.path, 'key'));
  assert.is(await openStore(folder.path).get('key'), undefined);
});

test('many writers of one entry leave one whole entry and nothing else', async () => {
  await using folder = await folderWith();
  const store = openStore(folder.path);
  const values = Array.from({ length: 40 }, (_, index) => String(index % 10).repeat(100_000));
  const readings = Promise.all(
    values.map(async (value) => {
      await store.put('key', value);
      return (await store.get('key'))?.toString();
    }),
  );
  for (const read of await readings) assert.ok(read !== undefined && values.includes(read));
  assert.equal(await readdir(folder.path), ['key']);
});

test('pruning removes what nobody used for so long, half-written entries too, and leaves folders alone', async () => {
  await using folder = await folderWith();
  const store = openStore(folder.path);
  for (const name of ['old', 'used', 'young', 'old.0123.partial']) await store.put(name, name);
  await mkdir(join(folder.path, 'a folder'));
  for (const name of ['old', 'used', 'old.0123.partial']) {
    await utimes(join(folder.path, name), daysAgo(31), daysAgo(31));
  }
  await store.get('used');
  await store.prune(30);
  assert.equal((await readdir(folder.path)).sort(), ['a folder', 'used', 'young']);
});

test('pruning a store that was never written does nothing', async () => {
  await using folder = await folderWith();
  await openStore(join(folder.path, 'nowhere')).prune(1);
  assert.equal(await readdir(folder.path), []);
});

test('the store that remembers nothing does not', async () => {
  await noStore.put('a', 'text');
  await noStore.prune(0);
  assert.is(await noStore.get('a'), undefined);
});

test.run();
