import { run } from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { suite } from '../harness/suite.ts';
import { kubeconform } from '../validators/schemas/kubeconform.ts';
import { argocdKustomizations, root } from './repository.ts';

const test = suite('schemas');

const folders = await argocdKustomizations();

test('argocd and its platform are found', () => {
  for (const folder of ['argocd', 'argocd/platform/production', 'argocd/platform/production/objects']) {
    assert.ok(folders.includes(folder), folder);
  }
});

for (const folder of folders) {
  test(`${folder} renders without a word, and each object is valid`, async () => {
    const built = await run(process.env.KUSTOMIZE ?? 'kustomize', ['build', folder], {
      cwd: root,
      deadline: 60_000,
    });
    assert.is(built.status, 0, built.stderr);
    assert.is(built.stderr, '');
    const verdicts = await kubeconform(built.stdout.toString('utf8'));
    assert.ok(verdicts.length > 0);
    assert.equal(
      verdicts
        .filter(({ status }) => status !== 'statusValid')
        .map(({ kind, name, msg }) => `${kind}/${name}: ${msg}`),
      [],
    );
  });
}

test.run();
