import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readEnvironment } from '../../validators/environment/environment.ts';
import type { KubernetesObject } from '../../validators/render/objects.ts';
import { drafts, notJudged, verdicts } from '../cluster/harness/diff-verdicts.ts';
import { dangersBetween, dangersOfTheGuide } from '../diff/dangers.ts';
import { root } from '../house/repository.ts';

test('the cluster judges each danger that the guide lists', async () => {
  const listed = await dangersOfTheGuide();
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
    const [was = [], is = []] = [before, after].map((objects) => [...objects.values()] as KubernetesObject[]);
    const told = dangersBetween(was, is, environment);
    const all = told.map(({ id, resource: { kind, name } }) => `${id} ${kind}/${name}`);
    assert.ok(all.includes(`${danger} ${of}`), all.join(', '));
  });
}

test.run();
