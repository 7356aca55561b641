import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareObjects } from '../../validators/diff/compare-objects.ts';
import { dangersOf } from '../../validators/diff/dangers/index.ts';
import { readEnvironment } from '../../validators/environment/environment.ts';
import { buildModel } from '../../validators/model/model.ts';
import type { KubernetesObject } from '../../validators/render/objects.ts';
import { drafts, notJudged, verdicts } from '../cluster/harness/diff-verdicts.ts';
import { root } from '../house/repository.ts';

test('the cluster judges each danger that the guide lists', async () => {
  const page = await readFile(join(root, 'docs/diff.md'), 'utf8');
  const rows = [...page.matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) \| (?:error|warning|note)/gm)];
  const listed = rows.flatMap(([, ids = '']) => [...ids.matchAll(/[a-z-]+/g)].map(String));
  assert.ok(listed.length > 0);
  const judged = new Set([...verdicts.map(({ danger }) => danger), ...Object.keys(notJudged)]);
  for (const reason of Object.values(notJudged)) assert.match(reason, / /);
  assert.equal(
    listed.filter((id) => !judged.has(id)),
    [],
  );
  assert.equal(
    [...judged].filter((id) => !listed.includes(id)),
    [],
  );
});

const environment = await readEnvironment(root, 'overlays/kind/environment.yaml');

for (const { change, danger, of, edit } of verdicts) {
  test(`what the cluster is to judge is told: ${change}`, () => {
    const [before, after] = [drafts(), drafts()];
    edit(after);
    const [was, is] = [before, after].map((objects) => [...objects.values()] as KubernetesObject[]) as [
      KubernetesObject[],
      KubernetesObject[],
    ];
    const models = { before: buildModel(was), after: buildModel(is) };
    const told = dangersOf({ objects: compareObjects(was, is), environment, ...models });
    const all = told.map(({ id, resource: { kind, name } }) => `${id} ${kind}/${name}`);
    assert.ok(all.includes(`${danger} ${of}`), all.join(', '));
  });
}

test.run();
