import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kubeconform } from './kubeconform.ts';

/** It takes 0.2 s on two cores; the rest is for a busy machine. A schema compiled anew for each object takes tens. */
const LIMIT = 3_000;

test('500 objects of twenty kinds and more are checked in a moment', async () => {
  const folder = join(import.meta.dirname, 'fixtures', 'good');
  const files = await Array.fromAsync(glob('*.yaml', { cwd: folder }));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const stream = texts.join('---\n');
  const objects = stream.split(/^---$/m).length;
  const start = performance.now();
  const verdicts = await kubeconform(
    Array(Math.ceil(500 / objects))
      .fill(stream)
      .join('---\n'),
  );
  const took = performance.now() - start;
  assert.ok(verdicts.length >= 500 && new Set(verdicts.map(({ kind }) => kind)).size >= 20);
  assert.ok(took < LIMIT, `${Math.round(took)} ms`);
});

test.run();
