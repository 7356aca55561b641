import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FileResult, isOnlyLate, judge, runTests } from './run.ts';

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

async function runFixture(name: string, edit = (text: string) => text) {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-runner-'));
  try {
    const text = await readFile(join(import.meta.dirname, 'fixtures', `${name}.fixture.ts`), 'utf8');
    await writeFile(join(folder, 'one.test.ts'), edit(text));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const seen: FileResult[] = [];
    const options = { root: folder, folder: '.', words: [], env: {}, deadline: 30_000 };
    const results = await runTests({ ...options, onResult: (result) => seen.push(result) });
    return { seen, results };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a file that was only late is run again, and both runs are told', async () => {
  const { seen, results } = await runFixture('late-at-first');
  assert.equal(
    seen.map(({ passed, failed, isLate, isAgain }) => [passed, failed, isLate, isAgain]),
    [
      [0, 1, true, undefined],
      [1, 0, undefined, true],
    ],
  );
  assert.equal(results, seen.slice(1));
});

test('a file that is wrong is not run again, nor one that is wrong and late', async () => {
  const wrong = await runFixture('late-at-first', (text) =>
    text.replace(/the second run did.*yet/, 'two, not one'),
  );
  assert.equal([wrong.seen.length, wrong.results[0]?.failed], [1, 1]);
  const both = `   FAIL  a  "one"\n    it did not come within 3 s\n\n   FAIL  a  "two"\n    Expected values to be equal\n`;
  assert.not(isOnlyLate(both));
  assert.ok(isOnlyLate(both.slice(0, both.lastIndexOf('   FAIL'))));
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
