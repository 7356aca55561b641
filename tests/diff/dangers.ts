import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareObjects } from '../../validators/diff/compare-objects.ts';
import type { Danger } from '../../validators/diff/dangers/danger.ts';
import { dangersOf } from '../../validators/diff/dangers/index.ts';
import type { Environment } from '../../validators/environment/environment.ts';
import { buildModel } from '../../validators/model/model.ts';
import type { KubernetesObject } from '../../validators/render/objects.ts';
import { root } from '../house/repository.ts';

/** What changing the older objects into the newer would do in an environment. */
export function dangersBetween(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
  environment: Environment,
): readonly Danger[] {
  const objects = compareObjects(before, after);
  return dangersOf({ objects, environment, before: buildModel(before), after: buildModel(after) });
}

/** The ids of all dangers, as the guide lists them. @throws Error when it lists none: its table has another form */
export async function dangersOfTheGuide(): Promise<string[]> {
  const page = await readFile(join(root, 'docs/diff.md'), 'utf8');
  const rows = [...page.matchAll(/^\| ((?:`[a-z-]+`(?:, )?)+) \| (?:error|warning|note)/gm)];
  const ids = rows.flatMap(([, cell = '']) => [...cell.matchAll(/[a-z-]+/g)].map(String));
  if (ids.length === 0) throw new Error('docs/diff.md lists no dangers in the form that is read here');
  return ids;
}
