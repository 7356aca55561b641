import { availableParallelism } from 'node:os';
import { gitOpsFolder, table } from '@plumbline/validators';
import { factsRule, flowsRule, loadFacts, loadFlows } from '../../facts/index.ts';
import { tally } from '../../tests/mutants/run.ts';
import { tallyApplications } from '../../tests/mutants/run-applications.ts';
import { tallyKustomizations } from '../../tests/mutants/run-kustomizations.ts';
import type { Bench } from '../bench.ts';
import { checkRepository } from '../lib/check-repository.ts';
import { root } from '../lib/root.ts';
import { repositoryTools } from '../lib/tools.ts';

interface Row {
  readonly family: string;
  made: number;
  caught: number;
  readonly missed: string[];
}

/**
 * Puts every defect of every kind into every system of every environment, one at a time, and counts those that a finding of a
 * right rule names at a right object.
 */
export const benchMutants: Bench = async ({ say }) => {
  const start = performance.now();
  const extraRules = [factsRule(await loadFacts(root)), flowsRule(await loadFlows(root))];
  process.env.KUSTOMIZE = (await repositoryTools(say)).kustomize;
  const checked = await checkRepository([], { useCache: true, progress: () => {} });
  const rows = new Map<string, Row>();
  for (const { target, environment, objects } of checked) {
    // A whole environment is its systems side by side: its defects are theirs.
    if (target.system === undefined || environment === undefined) continue;
    say(`${target.name} ...`);
    const plain = objects.map(({ object }) => object);
    for (const { operator, made, caught, missed } of tally(target, environment, plain, extraRules)) {
      const row = rows.get(operator.id) ?? { family: operator.family, made: 0, caught: 0, missed: [] };
      row.made += made;
      row.caught += caught;
      row.missed.push(...missed.map((what) => `${target.name}: ${what}`));
      rows.set(operator.id, row);
    }
  }
  say('kustomizations ...');
  const { operator, ...row } = await tallyKustomizations(root, () => true, availableParallelism());
  rows.set(operator.id, { family: operator.family, ...row, missed: [...row.missed] });
  const told = checked.find(({ target }) => target.name === gitOpsFolder);
  if (told !== undefined) {
    say(`${gitOpsFolder} ...`);
    const plain = told.objects.map(({ object }) => object);
    for (const { operator, made, caught, missed } of await tallyApplications(root, plain))
      rows.set(operator.id, { family: operator.family, made, caught, missed: [...missed] });
  }
  const all = [...rows.entries()];
  const made = all.reduce((sum, [, row]) => sum + row.made, 0);
  const caught = all.reduce((sum, [, row]) => sum + row.caught, 0);
  const lines = table(
    [
      ['family', 'defect', 'made', 'caught', ''],
      ...all.map(([id, row]) => [
        row.family,
        id,
        String(row.made),
        String(row.caught),
        row.caught === row.made ? '' : (row.missed[0] ?? ''),
      ]),
    ],
    [2, 3],
  );
  const share = (caught / made).toFixed(4);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  return `${lines.join('\n')}\nbench mutants made=${made} caught=${caught} share=${share} operators=${all.length} seconds=${seconds}\n`;
};
