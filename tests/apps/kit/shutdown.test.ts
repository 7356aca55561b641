import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Running, start } from '../../../trial/process/start.ts';
import { until } from '../../../trial/until.ts';
import { folderWith } from '../../harness/folder.ts';

const fixture = join(import.meta.dirname, 'fixtures', 'worker.ts');

async function withWorker(way: string, work: (worker: Running) => Promise<void>): Promise<void> {
  await using folder = await folderWith();
  const worker = start({
    name: way,
    command: [process.execPath, '--disable-warning=ExperimentalWarning', fixture, way],
    env: { PATH: process.env.PATH ?? '' },
    cwd: folder.path,
    logFile: join(folder.path, 'log'),
  });
  try {
    await work(worker);
  } finally {
    await worker.stop(0);
  }
}

const says = (worker: Running, text: string) =>
  until(() => worker.log().includes(text), { deadline: 60_000, what: text });

test('work that is done ends with 0, that failed with 1 and a line of JSON that says why', async () => {
  await withWorker('ends', async (worker) => {
    assert.equal(await worker.ended, { status: 0, signal: null });
  });
  await withWorker('fails', async (worker) => {
    assert.equal(await worker.ended, { status: 1, signal: null });
    const last = JSON.parse(worker.log().trim().split('\n').at(-1) ?? '');
    assert.equal([last.level, last.worker, last.msg], ['fatal', 'test-worker', 'the disk is full']);
  });
});

test('an environment that is not right ends with 2 and all its mistakes', async () => {
  await withWorker('wrong', async (worker) => {
    assert.equal(await worker.ended, { status: 2, signal: null });
    assert.match(worker.log(), /A is not set.*B is not set/);
  });
});

test('the first SIGTERM lets it finish', async () => {
  await withWorker('finishes', async (worker) => {
    await says(worker, 'at work');
    worker.signal('SIGTERM');
    assert.equal(await worker.ended, { status: 0, signal: null });
    assert.match(worker.log(), /finished what was at hand/);
  });
});

test('the second signal ends it at once, as by that signal', async () => {
  await withWorker('hangs', async (worker) => {
    await says(worker, 'at work');
    worker.signal('SIGTERM');
    await says(worker, 'finishing what is at hand');
    worker.signal('SIGINT');
    assert.equal(await worker.ended, { status: null, signal: 'SIGINT' });
  });
});

test.run();
