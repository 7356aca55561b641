import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Folder } from '../harness/folder.ts';
import { command, repository } from './repository.ts';

async function refusal(folder: Folder, ...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await command(folder, ...args);
  assert.is(status, 2, `${stdout}${stderr}`);
  assert.is(stdout, '');
  assert.not.match(stderr, /^ {4}at /m, 'no stack');
  return stderr;
}

test('an environment that there is not', async () => {
  await using folder = await repository();
  assert.match(
    await refusal(folder, 'prodution'),
    '"prodution" is neither an environment nor a system (did you mean "production"?); known are kind, production, depot, shop',
  );
});

test('a system that there is not, beside an environment that there is', async () => {
  await using folder = await repository();
  assert.match(await refusal(folder, 'kind', 'shopp'), '"shopp" is neither');
});

test('an option that there is not', async () => {
  await using folder = await repository();
  assert.match(
    await refusal(folder, '--no-cahe'),
    'there is no option --no-cahe (did you mean "--no-cache"?)',
  );
});

test('an option without its value', async () => {
  await using folder = await repository();
  assert.match(await refusal(folder, '--root'), "'--root <value>' argument missing");
});

test('a folder that is no repository', async () => {
  await using folder = await repository();
  assert.match(await refusal(folder, '--root', `${folder.path}/base`), 'there is no overlays/ in');
});

test('--help prints every option, and exits 0', async () => {
  await using folder = await repository();
  const { status, stdout } = await command(folder, '--help');
  assert.is(status, 0);
  for (const option of ['--no-cache', '--root DIR', '--cache DIR', '--help', 'Exit codes']) {
    assert.match(stdout, option);
  }
});

test.run();
