import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readImages } from '../../facts/index.ts';
import { verify } from '../../trial/downloads/jars.ts';
import { folderWith } from '../harness/folder.ts';

const root = join(import.meta.dirname, '..', '..');
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

test('a jar that is changed, missing or extra is found, each by its name', async () => {
  await using folder = await folderWith({ 'a.jar': 'a', 'b.jar': 'b' });
  await verify(folder.path, `${digest('a')}  a.jar\n${digest('b')}  b.jar\n`);
  const wrong = `${digest('x')}  a.jar\n${digest('c')}  c.jar\n`;
  await verify(folder.path, wrong).then(
    () => assert.unreachable(),
    (error) => {
      assert.match(error.message, /a\.jar has/);
      assert.match(error.message, /b\.jar is not pinned/);
      assert.match(error.message, /c\.jar is missing/);
    },
  );
});

test('the versions are those of the images', async () => {
  const { published } = await readImages(root);
  const pom = await readFile(join(root, 'trial/downloads/kafka-3.9.1/pom.xml'), 'utf8');
  assert.ok(published['apache/kafka']?.includes('3.9.1'));
  assert.match(pom, /kafka_2\.13<\/artifactId>\s*<version>3\.9\.1</);
  const kraft = await readFile(join(root, 'trial/downloads/kafka-4.1.1/pom.xml'), 'utf8');
  assert.ok(published['apache/kafka']?.includes('4.1.1'));
  assert.match(kraft, /kafka_2\.13<\/artifactId>\s*<version>4\.1\.1</);
  const [zookeeper = ''] = published.zookeeper ?? [];
  assert.ok(pom.includes(`<version>${zookeeper}</version>`));
  const cassandra = await readFile(join(root, 'trial/downloads/cassandra-5.0.6/pom.xml'), 'utf8');
  assert.equal(published.cassandra, ['5.0.6']);
  assert.match(cassandra, /cassandra-all<\/artifactId>\s*<version>5\.0\.6</);
  const [postgres = ''] = published.postgres ?? [];
  const major = Number.parseInt(postgres, 10);
  const requirements = await readFile(
    join(root, `trial/downloads/postgres-${major}/requirements.txt`),
    'utf8',
  );
  assert.match(requirements, new RegExp(`==${major}\\.`));
});

test.run();
