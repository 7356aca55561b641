import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kubeconform } from './kubeconform.ts';

const folder = join(import.meta.dirname, 'fixtures', 'good');
const files = (await Array.fromAsync(glob('*.yaml', { cwd: folder }))).toSorted();

test('there are good examples', () => {
  assert.ok(files.length > 0);
});

for (const file of files) {
  test(`${file} is accepted`, async () => {
    const verdicts = await kubeconform(await readFile(join(folder, file), 'utf8'));
    assert.ok(verdicts.length > 0);
    assert.equal(
      verdicts.filter(({ status }) => status !== 'statusValid').map(({ kind, msg }) => `${kind}: ${msg}`),
      [],
    );
  });
}

test.run();
