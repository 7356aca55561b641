import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findTargets, selectTargets, type Target } from '../../../validators/render/targets.ts';
import { UsageError } from '../../../validators/usage-error.ts';
import { folderWith } from '../../harness/folder.ts';

const target = (name: string): Target => {
  const [environment = '', system] = name.split('/');
  return { name, environment, ...(system === undefined ? {} : { system }), folder: `overlays/${name}` };
};

const targets = ['kind', 'kind/api', 'kind/web', 'production', 'production/api'].map(target);
const selected = (...words: string[]) => selectTargets(targets, words).map(({ name }) => name);

function refusal(...words: string[]): string {
  try {
    selected(...words);
  } catch (error) {
    assert.instance(error, UsageError);
    return (error as Error).message;
  }
  return assert.unreachable('it was accepted') as never;
}

test('the targets are the environments and the systems in them, and no profile', async () => {
  await using folder = await folderWith({
    'overlays/kind/kustomization.yaml': '',
    'overlays/kind/profile/kustomization.yaml': '',
    'overlays/kind/web/kustomization.yml': '',
    'overlays/kind/api/Kustomization': '',
    'overlays/kind/notes/README.md': '',
    'overlays/production/api/kustomization.yaml': '',
    'overlays/addresses.yaml': '',
  });
  assert.equal(await findTargets(folder.path), [
    target('kind'),
    target('kind/api'),
    target('kind/web'),
    target('production/api'),
  ]);
});

test('a folder without overlays is refused in words', async () => {
  await using folder = await folderWith({ 'overlays.md': '' });
  await findTargets(folder.path).then(
    () => assert.unreachable(),
    (error: Error) => {
      assert.instance(error, UsageError);
      assert.match(error.message, /there is no overlays\/ in .*plumbline-test-/);
    },
  );
});

test('no word selects all', () => {
  assert.is(selected().length, targets.length);
});

test('an environment selects the whole and each system in it', () => {
  assert.equal(selected('kind'), ['kind', 'kind/api', 'kind/web']);
});

test('a system selects it in each environment', () => {
  assert.equal(selected('api'), ['kind/api', 'production/api']);
});

test('both together select where they meet, in the order of the repository', () => {
  assert.equal(selected('web', 'kind'), ['kind/web']);
  assert.equal(selected('production', 'kind', 'api'), ['kind/api', 'production/api']);
});

test('a wrong word is refused with the nearest right one and all that are known', () => {
  assert.is(
    refusal('knid'),
    '"knid" is neither an environment nor a system (did you mean "kind"?); known are kind, production, api, web',
  );
  assert.match(
    refusal('kind', 'elsewhere'),
    /^"elsewhere" is neither an environment nor a system; known are/,
  );
});

test('words that meet nowhere are refused, since checking nothing would look like a success', () => {
  assert.match(refusal('production', 'web'), /no target is web in production; web is in kind/);
});

test.run();
