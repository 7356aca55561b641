import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FileResult, judge, runTests } from './run.ts';

const root = join(import.meta.dirname, '..', '..');
const fixture = join(import.meta.dirname, 'fixtures', 'before-throws.fixture.ts');

test('uvu by itself ends with exit 0 when a before hook throws, which is why the runner guards', async () => {
  const finished = await run(process.execPath, [fixture], { deadline: 30_000 });
  assert.is(finished.status, 0);
  assert.match(finished.stdout.toString(), /Passed:\s+0/);
});

test('the runner fails a file whose before hook throws', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-runner-'));
  try {
    await cp(fixture, join(folder, 'broken.test.ts'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const seen: FileResult[] = [];
    const options = { root: folder, folder: '.', words: [], env: {}, deadline: 30_000 };
    const results = await runTests({ ...options, onResult: (result) => seen.push(result) });
    assert.is(results.length, 1);
    assert.is(results[0]?.failed, 1);
    assert.match(results[0]?.output ?? '', /before hook threw/);
    assert.equal(seen, results);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('files of a folder that is left out are not run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-runner-'));
  try {
    await cp(fixture, join(folder, 'other', 'broken.test.ts'));
    const options = { root: folder, folder: '.', words: [], env: {}, deadline: 30_000, onResult: () => {} };
    assert.equal(await runTests({ ...options, without: ['other'] }), []);
  } finally {
    await rm(folder, { recursive: true });
  }
});

const summary = (total: number, passed: number, skipped = 0) =>
  `  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   ${skipped}\n`;

test('a file that says nothing, has no test, or dies after its summary fails', () => {
  assert.is(judge('a', 0, '', '').failed, 1);
  assert.is(judge('a', 0, summary(0, 0), '').failed, 1);
  assert.is(judge('a', 1, summary(2, 2), 'an unhandled rejection').failed, 1);
});

test('failed tests are counted one by one, and passed ones too', () => {
  const mixed = judge('a', 1, summary(5, 3, 1), '');
  assert.is(mixed.passed, 3);
  assert.is(mixed.failed, 2);
  assert.is(judge('a', 0, summary(5, 5, 1), '').failed, 0);
});

test.run();
