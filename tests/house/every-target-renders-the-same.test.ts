import { availableParallelism } from 'node:os';
import { build, findTargets, pooled, run } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kustomize, renderAll, root } from './repository.ts';

const targets = await findTargets(root);
const hasKubectl = await run('kubectl', ['version', '--client'], { deadline: 30_000 }).then(
  ({ status }) => status === 0,
  () => false,
);

/** What a command renders of each folder. @throws Error with what it said when one does not render. */
async function rendered(command: readonly string[], folders: readonly string[]): Promise<string[]> {
  return pooled(folders, availableParallelism(), async (folder) => {
    const built = await build(command, root, folder);
    if (!built.ok) throw new Error(`${command.join(' ')} ${folder}: ${built.message}`);
    return built.stream;
  });
}

const folders = targets.map(({ folder }) => folder);
const first = await rendered([kustomize, 'build'], folders);

function differing(others: readonly string[]): string[] {
  return folders.filter((_, index) => others[index] !== first[index]);
}

test('every environment holds the same systems', () => {
  const systems = (environment: string) =>
    targets
      .flatMap((target) => (target.environment === environment ? (target.system ?? 'all') : []))
      .join(' ');
  const environments = [...new Set(targets.map(({ environment }) => environment))];
  assert.is(environments.length, 4);
  assert.is(new Set(environments.map(systems)).size, 1, environments.map(systems).join('\n'));
});

test(`rendering ${targets.length} targets twice gives the same bytes`, async () => {
  assert.equal(differing(await rendered([kustomize, 'build'], folders)), []);
});

(hasKubectl ? test : test.skip)(
  `kubectl kustomize gives the same bytes as the pinned kustomize${hasKubectl ? '' : ' (skipped: there is no kubectl)'}`,
  async () => {
    assert.equal(differing(await rendered(['kubectl', 'kustomize'], folders)), []);
  },
);

test('the root renders what overlays/kind renders', async () => {
  const [whole] = await rendered([kustomize, 'build'], ['.']);
  assert.is(whole, first[folders.indexOf('overlays/kind')]);
});

test('an environment as a whole holds the objects of its systems, no more and no other', async () => {
  const all = await renderAll();
  for (const { target, objects } of all.filter((one) => one.target.system === undefined)) {
    const parts = all
      .filter((one) => one.target.environment === target.environment && one.target.system !== undefined)
      .flatMap((one) => one.objects);
    const texts = (list: readonly unknown[]) => list.map((object) => JSON.stringify(object)).sort();
    assert.equal(texts(objects), texts(parts), target.name);
  }
});

test.run();
