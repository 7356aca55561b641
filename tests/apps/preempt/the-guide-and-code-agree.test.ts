import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRegistry, type Registry } from '../../../apps/kit/index.ts';
import { mysqlSettings } from '../../../apps/kit/mysql/index.ts';
import { redisSettings } from '../../../apps/kit/redis/index.ts';
import { apiMetrics } from '../../../apps/preempt/api/metrics.ts';
import { apiSettings } from '../../../apps/preempt/api/settings.ts';
import { storeMetrics } from '../../../apps/preempt/store/metrics.ts';
import { trainerMetrics } from '../../../apps/preempt/trainer/metrics.ts';
import {
  configuredSettings,
  servingSettings,
  workerSettings,
} from '../../../apps/preempt/worker-settings.ts';
import { root } from '../../house/repository.ts';
import { tablesOf } from './tables.ts';

const guide = await readFile(join(root, 'docs/systems/preempt.md'), 'utf8');

const metrics: readonly (readonly [string, (registry: Registry) => unknown])[] = [
  ['store', storeMetrics],
  ['trainer', trainerMetrics],
  ['api', apiMetrics],
];
for (const [worker, make] of metrics) {
  test(`the guide names every metric of the ${worker}, and none that is not there`, () => {
    const registry = createRegistry();
    make(registry);
    const ours = registry
      .getMetricsAsArray()
      .map(({ name }) => name)
      .filter((name) => name.startsWith('preempt_'));
    const named = guide.matchAll(new RegExp(`\`(preempt_${worker}_[a-z_]+)\``, 'g'));
    assert.equal([...new Set([...named].map(([, name]) => name))].sort(), ours.sort());
  });
}

test('the guide names every table', async () => {
  const named = [...guide.matchAll(/^\| `([a-z_]+)` +\| [^|]*\|$/gm)].map(([, name]) => name);
  for (const table of (await tablesOf()).keys())
    assert.ok(named.includes(table), `the guide does not name ${table}`);
});

test("the guide names every variable of the api's own with its default, and none that it does not read", () => {
  const shared = new Set(
    [workerSettings, configuredSettings, servingSettings, mysqlSettings, redisSettings].flatMap((settings) =>
      Object.values(settings).map(({ name }) => name),
    ),
  );
  const own = Object.values(apiSettings)
    .filter(({ name }) => !shared.has(name))
    .map(({ name, fallback }) => `${name} ${fallback}`);
  assert.ok(own.length >= 6);
  const [, table = ''] = /^\| variable +\| default +\|.*\n(?:\| ?-.*\n)((?:\|.*\n)+)/m.exec(guide) ?? [];
  const rows = [...table.matchAll(/^\| `([A-Z_]+)` +\| `?([^|`]*?)`? +\|/gm)];
  assert.equal(rows.map(([, name, fallback]) => `${name} ${fallback}`).sort(), own.sort());
});

test.run();
