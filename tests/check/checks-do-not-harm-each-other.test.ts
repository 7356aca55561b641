import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openStore } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Folder } from '../harness/folder.ts';
import { cacheOf, checkCommand, command, repository } from './repository.ts';

/** The entries of a copy's cache that are in place, each read back: none may be half-written. */
async function entries(folder: Folder): Promise<string[]> {
  const path = join(cacheOf(folder), 'rendered');
  const names = (await readdir(path).catch(() => [])).filter((name) => !name.endsWith('.partial'));
  const store = openStore(path);
  for (const name of names) assert.ok(await store.get(name), `${name} is not whole`);
  return names;
}

/** Makes the command wait at a line of its standard error until descriptor 3 is closed: a slow reader is then in time. */
const waiting = (when: RegExp) =>
  `data:text/javascript,${encodeURIComponent(`
  import { readSync } from 'node:fs';
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (line, ...rest) => {
    const written = write(line, ...rest);
    if (${when}.test(line)) readSync(3, Buffer.alloc(1));
    return written;
  };
`)}`;

/** Starts the command, sends it a signal when it says so on standard error, and waits for its end. */
async function interrupted(folder: Folder, when: RegExp, signal: NodeJS.Signals): Promise<string | null> {
  const args = [
    '--import',
    waiting(when),
    ...checkCommand,
    '--root',
    folder.path,
    '--cache',
    cacheOf(folder),
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  assert.ok(child.stderr);
  for await (const line of createInterface(child.stderr)) {
    if (!when.test(line)) continue;
    child.kill(signal);
    child.stdio[3]?.destroy();
  }
  const [, by] = await ended;
  return by as string | null;
}

test('two checks at the same time on one cache both tell what one alone tells', async () => {
  await using folder = await repository();
  const both = await Promise.all([command(folder), command(folder)]);
  const alone = await command(folder);
  for (const { status, stdout } of [...both, alone]) {
    assert.is(status, 0, stdout);
    assert.is(stdout.replace(/\(\d as before\)/, ''), alone.stdout.replace(/\(\d as before\)/, ''));
  }
  assert.match(alone.stdout, '(6 as before)');
  await entries(folder);
  const left = await readdir(join(cacheOf(folder), 'rendered'));
  assert.equal(
    left.filter((name) => name.endsWith('.partial')),
    [],
  );
});

for (const [moment, when] of Object.entries({
  'while it renders': /^rendered .* \(1 of 6\)/,
  'while it validates': /^validating/,
})) {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} ${moment} ends the check by that signal, and leaves no half-written entry`, async () => {
      await using folder = await repository();
      assert.is(await interrupted(folder, when, signal), signal);
      await entries(folder);
      const { status, stdout } = await command(folder);
      assert.is(status, 0, stdout);
      assert.ok((await entries(folder)).length > 0);
    });
  }
}

test('what a killed check left in the scratch folder goes after a day, and what another one uses stays', async () => {
  await using folder = await repository();
  const scratch = join(cacheOf(folder), 'scratch');
  for (const name of ['objects-left', 'objects-used']) {
    await folder.write(`.cache/scratch/${name}/0.yaml`, 'kind: Service\n');
  }
  const yesterday = new Date(Date.now() - 25 * 3_600_000);
  await utimes(join(scratch, 'objects-left'), yesterday, yesterday);
  await command(folder);
  assert.equal(await readdir(scratch), ['objects-used']);
});

test.run();
