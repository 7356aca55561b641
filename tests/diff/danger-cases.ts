import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readEnvironment } from '../../validators/environment/environment.ts';
import type { KubernetesObject } from '../../validators/render/objects.ts';
import { dangersBetween } from './dangers.ts';

/** The older objects, the newer ones, and each danger as `severity id kind path`. */
export type DangerCase = readonly [
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
  dangers: readonly string[],
];

/** Three nodes of 4Gi. */
const environment = await readEnvironment(
  join(import.meta.dirname, 'fixtures', 'repository'),
  'overlays/production/environment.yaml',
);

function told(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): string[] {
  const found = dangersBetween(before, after, environment);
  for (const { message } of found) assert.ok(message.length > 40, message);
  return found.map(({ severity, id, resource, path = '' }) =>
    `${severity} ${id} ${resource.kind} ${path}`.trimEnd(),
  );
}

/** A test of each case: its dangers are told, and none where nothing changes. */
export function tellsDangers(cases: Readonly<Record<string, DangerCase>>): void {
  for (const [what, [before, after, dangers]] of Object.entries(cases)) {
    test(what, () => {
      assert.equal(told(before, after), dangers);
      assert.equal(told(after, after), []);
    });
  }
}
