import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import {
  filesOf,
  namesOf,
  prune,
  readArchive,
  readManifest,
  writeArchive,
} from '../../../apps/kit/backup/index.ts';
import { sha256, signedHeaders } from '../../../apps/kit/backup/sign.ts';
import { suite } from '../../harness/suite.ts';
import { store } from './fixtures/objects.ts';

const test = suite<{ folder: string }>('archives in a store of objects');

const first = '2026-03-10t12-00-00z';
const second = '2026-03-10t18-00-00z';

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'archive-'));
});
test.after.each(({ folder }) => rm(folder, { recursive: true }));

test('what was written is read, empty files and those of several parts too', async ({ folder }) => {
  const from = join(folder, 'from');
  await mkdir(join(from, 'deep'), { recursive: true });
  const large = Buffer.alloc(33 * 1024 * 1024, 'large');
  await writeFile(join(from, 'deep', 'large'), large);
  await writeFile(join(from, 'empty'), '');
  await writeFile(join(from, '_metadata'), 'it');
  const objects = store();
  await writeArchive(objects, 'flink', first, from, await filesOf(from), { job: 'a' });
  assert.is(objects.done.at(-1), `put flink/${first}/manifest.json`, 'the manifest is the last');
  assert.ok(objects.held.has(`flink/${first}/files/deep/large.1`));
  const manifest = await readManifest(objects, 'flink', first);
  assert.equal(manifest.facts, { job: 'a' });
  const to = join(folder, 'to');
  await readArchive(objects, manifest, to);
  assert.equal((await readdir(to, { recursive: true })).sort(), ['_metadata', 'deep', 'deep/large', 'empty']);
  assert.ok((await readFile(join(to, 'deep/large'))).equals(large));
  assert.is(await readFile(join(to, 'empty'), 'utf8'), '');
});

test('a part that has changed is not taken', async ({ folder }) => {
  await writeFile(join(folder, 'a'), 'right');
  const objects = store();
  const manifest = await writeArchive(objects, 'flink', first, folder, ['a'], {});
  objects.held.set(`flink/${first}/files/a.0`, Buffer.from('wrong'));
  await readArchive(objects, manifest, join(folder, 'to')).then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, 'its checksum is another'),
  );
});

test('without its manifest it is no backup', async ({ folder }) => {
  await writeFile(join(folder, 'a'), 'a');
  const objects = store();
  await writeArchive(objects, 'flink', first, folder, ['a'], {});
  await writeArchive(objects, 'flink', second, folder, ['a'], {});
  objects.held.delete(`flink/${second}/manifest.json`);
  assert.equal(await namesOf(objects, 'flink'), [first]);
});

test('what goes loses its manifest first, and what is of others stays', async ({ folder }) => {
  await writeFile(join(folder, 'a'), 'a');
  const objects = store();
  await writeArchive(objects, 'flink', first, folder, ['a'], {});
  await writeArchive(objects, 'flink', second, folder, ['a'], {});
  await writeArchive(objects, 'flink-other', first, folder, ['a'], {});
  objects.held.set('flink/by-hand/manifest.json', Buffer.from('{}'));
  const gone = await prune(objects, 'flink', { days: 1 }, new Date('2026-03-12T00:00:00Z'));
  assert.equal(gone, [first]);
  assert.is(
    objects.done.find((one) => one.startsWith('remove')),
    `remove flink/${first}/manifest.json`,
  );
  assert.equal([...objects.held.keys()].sort(), [
    `flink-other/${first}/files/a.0`,
    `flink-other/${first}/manifest.json`,
    `flink/${second}/files/a.0`,
    `flink/${second}/manifest.json`,
    'flink/by-hand/manifest.json',
  ]);
});

test('a name that leads elsewhere is refused on both ways', async ({ folder }) => {
  const objects = store();
  const name = 'a b';
  await writeFile(join(folder, name), 'a');
  await writeArchive(objects, 'flink', first, folder, [name], {}).then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, 'a name that a backup does not take'),
  );
  const manifest = {
    format: 1 as const,
    name: first,
    facts: {},
    files: [{ path: '../a', bytes: 0, parts: [] }],
  };
  await readArchive(objects, manifest, join(folder, 'to')).then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, 'leads out of the folder'),
  );
});

/** The example of docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Bucket (List Objects)". */
function signatureOf(query: string): string | undefined {
  const credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  };
  const url = new URL(`https://examplebucket.s3.amazonaws.com/?${query}`);
  const at = new Date('2013-05-24T00:00:00Z');
  const headers = signedHeaders({ method: 'GET', url, bodySha256: sha256('') }, credentials, 'us-east-1', at);
  return headers.authorization?.split('Signature=')[1];
}

test('requests are signed as in the example of Amazon, in whatever order they ask', () => {
  const expected = '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7';
  assert.is(signatureOf('max-keys=2&prefix=J'), expected);
  assert.is(signatureOf('prefix=J&max-keys=2'), expected);
});

test.run();
