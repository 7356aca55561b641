import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { build, readStream, run } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { manyObjects } from '../../scripts/bench/many.ts';
import { watchMemory } from '../../scripts/bench/memory.ts';

const root = join(import.meta.dirname, '..', '..');

test('as many objects as wanted, each another one, and no node port twice', async () => {
  const built = await build([process.env.KUSTOMIZE ?? 'kustomize', 'build'], root, 'overlays/kind/preempt');
  if (!built.ok) throw new Error(built.message);
  const text = manyObjects(built.stream, 250);
  const { objects, findings } = readStream(text, 'many');
  assert.equal(findings, []);
  assert.is(objects.length, 250);
  const ids = objects.map(
    ({ object: { kind, metadata } }) => `${kind} ${metadata.namespace} ${metadata.name}`,
  );
  assert.is(new Set(ids).size, 250);
  assert.not.match(text, /nodePort:/);
});

test('the memory of a command is that of all that it starts', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let memory: Promise<number | undefined> = Promise.resolve(undefined);
  // Two processes, each with 40 MiB that it has written to, until the watcher has seen both.
  const hold = 'const held = Buffer.alloc(40 * 2 ** 20, 1); setTimeout(() => held, 2000);';
  const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(hold)}]); ${hold}`;
  await run(process.execPath, ['-e', parent], {
    deadline: 30_000,
    onStart: (pid) => {
      memory = watchMemory(pid, promise);
    },
  }).finally(resolve);
  const bytes = await memory;
  if (process.platform !== 'linux') return;
  assert.ok((bytes ?? 0) > 80 * 2 ** 20, `${bytes} bytes with ${availableParallelism()} cores`);
});

test.run();
