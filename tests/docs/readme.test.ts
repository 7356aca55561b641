import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findTargets, readEnvironment } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readAddresses } from '../../deploy/index.ts';
import { checkRepository } from '../../scripts/lib/check-repository.ts';
import { freshReadme } from '../../scripts/lib/fresh-readme.ts';

const root = join(import.meta.dirname, '..', '..');
const readme = await readFile(join(root, 'README.md'), 'utf8');

test("the README's addresses and pictures are those of the repository", async () => {
  const checked = await checkRepository(['kind'], { useCache: true, progress: () => {} });
  const fresh = freshReadme(readme, await readAddresses(root), checked);
  assert.is(readme, fresh, 'run npm run readme');
  assert.is(
    fresh.match(/^```mermaid$/gm)?.length,
    1 + checked.length - 1,
    'a picture a system, and the first',
  );
});

test('the README names every system, every environment and how many targets there are', async () => {
  const targets = await findTargets(root);
  for (const { environment, system } of targets) {
    assert.match(readme, `overlays/${environment}/environment.yaml`);
    if (system !== undefined) assert.match(readme, `docs/systems/${system}.md`);
  }
  assert.match(readme, `${targets.length} in all`);
});

test("the README's environments are what their files declare", async () => {
  for (const name of ['kind', 'docker-desktop', 'minikube', 'production']) {
    const environment = await readEnvironment(root, `overlays/${name}/environment.yaml`);
    const row = readme.split('\n').find((line) => line.includes(`overlays/${name}/environment.yaml`)) ?? '';
    const nodes = environment.nodes.reduce((sum, { count }) => sum + count, 0);
    assert.match(row, String(nodes));
    for (const storage of environment.storageClasses) assert.match(row, storage.name);
    for (const ingress of environment.ingressClasses) assert.match(row, ingress);
    assert.match(row, environment.secrets === 'external' ? 'ExternalSecrets only' : 'development values');
  }
});

test('every link of the README leads to a file', async () => {
  for (const [, path = ''] of readme.matchAll(/\]\(([^)#:]+)\)/g)) {
    await readFile(join(root, path)).catch((error: NodeJS.ErrnoException) => {
      assert.is(error.code, 'EISDIR', `the README links to ${path}, which is not there`);
    });
  }
});

test.run();
