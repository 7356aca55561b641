import {
  contextOf,
  type Environment,
  type Finding,
  judge,
  type KubernetesObject,
  type Rule,
  rules,
} from '@plumbline/validators';
import type { Mutant, Operator } from './mutant.ts';
import { operators } from './operators/index.ts';

/** What became of the mutants of one operator. */
export interface Tally {
  readonly operator: Pick<Operator, 'id' | 'family'>;
  readonly made: number;
  readonly caught: number;
  /** The mutants that no right finding named. */
  readonly missed: readonly string[];
}

/**
 * Puts every defect of every operator into one target, one at a time, and counts those that a finding of a right rule
 * names at a right end; findings that the target has anyway do not count.
 */
export function tally(
  target: { readonly name: string; readonly system?: string | undefined },
  environment: Environment,
  objects: readonly KubernetesObject[],
  extraRules: readonly Rule[] = [],
): Tally[] {
  const all = [...rules, ...extraRules];
  const find = (changed: readonly KubernetesObject[], chosen: readonly Rule[]) =>
    judge(contextOf(target.name, target.system, environment, changed), chosen).findings;
  const before = new Set(find(objects, all).map((finding) => JSON.stringify(finding)));
  return operators.map((operator) => {
    const missed: string[] = [];
    // Only these can find it.
    const chosen = all.filter(({ id }) => operator.expects.includes(id));
    let made = 0;
    for (const mutant of operator.mutate(objects, environment)) {
      made += 1;
      const right = find(mutant.objects, chosen).some((finding) =>
        isNamed(finding, operator, mutant, before),
      );
      if (!right) missed.push(mutant.what);
    }
    return { operator, made, caught: made - missed.length, missed };
  });
}

/** True for a finding of a right rule, at a right object, that the target has not anyway. */
export function isNamed(
  finding: Finding,
  { expects }: Pick<Operator, 'expects'>,
  { ends }: Mutant,
  before: ReadonlySet<string>,
): boolean {
  const { rule, resource } = finding;
  return (
    expects.includes(rule) &&
    !before.has(JSON.stringify(finding)) &&
    (resource === undefined || ends.includes(`${resource.kind}/${resource.name}`))
  );
}
