import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { factsRule, flowsRule, loadFacts, loadFlows } from '../../facts/index.ts';
import { checkRepository } from '../../scripts/lib/check-repository.ts';
import { root } from '../../scripts/lib/root.ts';
import { operators } from './operators/index.ts';
import { type Tally, tally } from './run.ts';
import { tallyApplications } from './run-applications.ts';
import { tallyKustomizations } from './run-kustomizations.ts';

const test = suite('mutants of two targets, and of what Argo CD is told');

const extraRules = [factsRule(await loadFacts(root)), flowsRule(await loadFlows(root))];
const checked = await checkRepository(['kind', 'production', 'preempt', 'feastflow'], {
  useCache: true,
  progress: () => {},
});
const tallies: Tally[] = [];
for (const { target, environment, objects } of checked) {
  const chosen = ['kind/preempt', 'production/feastflow'];
  if (!chosen.includes(target.name) || environment === undefined) continue;
  tallies.push(
    ...tally(
      target,
      environment,
      objects.map(({ object }) => object),
      extraRules,
    ),
  );
}

tallies.push(
  await tallyKustomizations(root, ({ name }) => ['kind/preempt', 'production/streaming'].includes(name), 2),
);

const [told] = await checkRepository(['argocd'], { useCache: true, progress: () => {} });
tallies.push(
  ...(await tallyApplications(
    root,
    (told?.objects ?? []).map(({ object }) => object),
  )),
);

test('at least 98 of 100 are caught, by a right rule at a right object', () => {
  const made = tallies.reduce((sum, row) => sum + row.made, 0);
  const missed = tallies.flatMap((row) => row.missed.map((what) => `${row.operator.id}: ${what}`));
  assert.ok(made > 500, `only ${made} mutants were made`);
  assert.ok(missed.length <= made * 0.02, `${missed.length} of ${made} were missed:\n${missed.join('\n')}`);
});

test('every kind of defect has a place in some system', () => {
  const ids = operators.map(({ id }) => id);
  assert.equal(ids, [...new Set(ids)]);
  const none = ids.filter((id) =>
    tallies.filter(({ operator }) => operator.id === id).every(({ made }) => made === 0),
  );
  // Some defects need what these two targets do not have.
  assert.ok(none.length <= ids.length / 3, `nothing was made by ${none.join(', ')}`);
});

test.run();
