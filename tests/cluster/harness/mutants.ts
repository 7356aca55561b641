import {
  type CheckedTarget,
  contextOf,
  type Environment,
  judge,
  type KubernetesObject,
  type Rule,
  rules,
} from '@plumbline/validators';
import { factsRule, flowsRule, loadFacts, loadFlows } from '../../../facts/index.ts';
import { checkRepository } from '../../../scripts/lib/check-repository.ts';
import type { Mutant, Operator } from '../../mutants/mutant.ts';
import { operators } from '../../mutants/operators/index.ts';
import { root, type TestCluster } from './test-cluster.ts';

/** A target as it is, and what the prover says of it with other objects. */
export interface Subject {
  readonly name: string;
  readonly environment: Environment;
  readonly objects: readonly KubernetesObject[];
  /** The rules that find something in these objects that they did not find in the target's own. */
  readonly finds: (objects: readonly KubernetesObject[]) => string[];
}

/** Some of the repository's targets. @throws Error when one is not there. */
export async function subjects(names: readonly string[]): Promise<Subject[]> {
  const words = [...new Set(names.flatMap((name) => name.split('/')))];
  const extra = [factsRule(await loadFacts(root)), flowsRule(await loadFlows(root))];
  const checked = await checkRepository(words, { useCache: true, progress: () => {} });
  return names.map((name) => {
    const found = checked.find(({ target }) => target.name === name);
    if (found === undefined) throw new Error(`there is no target ${name}`);
    return subject(found, extra);
  });
}

function subject({ target, environment, objects }: CheckedTarget, extra: readonly Rule[]): Subject {
  if (environment === undefined) throw new Error(`${target.name} has no environment`);
  const own = objects.map(({ object }) => object);
  const judged = (some: readonly KubernetesObject[]) =>
    judge(contextOf(target.name, target.system, environment, some), [...rules, ...extra]).findings;
  const before = new Set(judged(own).map((finding) => JSON.stringify(finding)));
  return {
    name: target.name,
    environment,
    objects: own,
    finds: (some) => [
      ...new Set(
        judged(some)
          .filter((finding) => !before.has(JSON.stringify(finding)))
          .map(({ rule }) => rule),
      ),
    ],
  };
}

/** At most so many mutants of each operator, from the first, the last and between. */
export function sample(
  of: Subject,
  most: number,
): { readonly operator: Operator; readonly mutant: Mutant }[] {
  return operators.flatMap((operator) => {
    const all = [...operator.mutate(of.objects, of.environment)];
    const step = Math.max(1, (all.length - 1) / Math.max(1, most - 1));
    const chosen = new Set(
      Array.from({ length: Math.min(most, all.length) }, (_, index) => Math.round(index * step)),
    );
    return [...chosen].flatMap((index) => {
      const mutant = all[index];
      return mutant === undefined ? [] : [{ operator, mutant }];
    });
  });
}

/** The objects that a mutant has otherwise. */
export function changed({ objects }: Mutant, of: Subject): KubernetesObject[] {
  const own = new Set(of.objects);
  return objects.filter((object) => !own.has(object));
}

/** Why the API server does not take objects; undefined when it does. */
export async function refusal(
  cluster: TestCluster,
  objects: readonly KubernetesObject[],
): Promise<string | undefined> {
  const reasons: string[] = [];
  for (const object of objects) {
    const reason = await cluster.api.refusal(object);
    // A port of the node's is taken by the object as it is, which this is a second of.
    if (reason !== undefined && !reason.includes('provided port is already allocated')) reasons.push(reason);
  }
  return reasons.length === 0 ? undefined : reasons.join('\n');
}
