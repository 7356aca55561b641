import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { publicReleases } from '../../trial/downloads/public-releases.ts';
import { changedRenders, judgeChange } from '../../trial/histories/compared.ts';

const kustomize = process.env.KUSTOMIZE ?? 'kustomize';
const { folder, modules } = await publicReleases((message) => process.stderr.write(`${message}\n`));

let [releases, fields] = [0, 0];

for (const { module, folders, versions } of modules) {
  test(`${module}: what is told of each release is its plain diff, no more and no less`, async () => {
    const names = Object.keys(versions);
    for (const [index, version] of names.slice(1).entries()) {
      const before = names[index] ?? '';
      const sides = { before: join(folder, module, before), after: join(folder, module, version) };
      const { renders } = await changedRenders(kustomize, sides, folders);
      if (renders.length === 0) continue;
      const judged = await judgeChange(module, renders);
      assert.equal(judged.faults, [], `${before} to ${version}`);
      assert.ok(judged.lines < judged.plainLines, `${before} to ${version}: ${judged.lines} lines`);
      releases += 1;
      fields += judged.fields;
    }
  });
}

test('these were many', () => {
  assert.ok(releases >= 20 && fields >= 1500, `${releases} releases, ${fields} fields`);
});

test.run();
