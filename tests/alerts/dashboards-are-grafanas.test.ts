import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderSystem } from '../../trial/overlay/system.ts';
import { mistakeIn } from '../../validators/promql/mistake.ts';
import { check, type Typed } from '../apps/big-data/grafana-compiler.ts';
import type { PrometheusDashboard } from '../apps/big-data/grafana-types.ts';
import { root } from '../house/repository.ts';
import { dashboardFolder, dashboardNames, questionsOf, systemsWithDashboards } from './dashboards.ts';
import { readExpression } from './promql.ts';
import { kustomize, namespaceOf } from './rules.ts';

/** By system, and by the names of their files. */
const dashboards = new Map<string, ReadonlyMap<string, PrometheusDashboard>>();
for (const system of await systemsWithDashboards()) {
  const own = new Map<string, PrometheusDashboard>();
  for (const name of await dashboardNames(system))
    own.set(
      name,
      JSON.parse(await readFile(join(dashboardFolder(system), name), 'utf8')) as PrometheusDashboard,
    );
  dashboards.set(system, own);
}

test("Grafana's own types know all that stands in the dashboards, and tell a mistake", async () => {
  const values: Record<string, Typed> = {};
  for (const [system, own] of dashboards)
    for (const [name, dashboard] of own)
      values[`${system}-${name.replace('.json', '')}`] = ['PrometheusDashboard', dashboard];
  const right = await check(values);
  assert.is(right.status, 0, right.said);
  // biome-ignore lint/suspicious/noExplicitAny: what is wrong has no type
  const changed = (change: (dashboard: any) => void): Typed => {
    const copy = structuredClone(dashboards.get('streaming')?.get('kafka.json'));
    change(copy);
    return ['PrometheusDashboard', copy];
  };
  const wrong = {
    query: changed(({ panels }) => (panels[0].targets[0].expresion = 'up')),
    source: changed(({ panels }) => (panels[0].targets[0].datasource.type = 'loki')),
    unit: changed(({ panels }) => (panels[6].fieldConfig.defaults.unit = 'records')),
    threshold: changed(({ panels }) => (panels[0].fieldConfig.defaults.thresholds.mode = 'fixed')),
    legend: changed(({ panels }) => (panels[6].targets[0].legendFormat = 1)),
  };
  const told = (await check(wrong)).wrong;
  for (const name of Object.keys(wrong)) assert.ok(told.has(name), `${name} is told`);
});

test('no two dashboards are one for Grafana', () => {
  const uids = [...dashboards.values()].flatMap((own) => [...own.values()].map(({ uid }) => uid));
  assert.is(new Set(uids).size, uids.length, uids.join(' '));
});

for (const [system, own] of dashboards) {
  test(`panels of ${system} ask the Prometheus of the platform, of its namespace, in places of their own`, async () => {
    for (const { title, uid, panels } of own.values()) {
      assert.ok(uid.startsWith(`${system}-`), uid);
      assert.is(new Set(panels.map(({ id }) => id)).size, panels.length, title);
      const taken = new Set<string>();
      for (const { title: panel, description, datasource, targets, gridPos, fieldConfig } of panels) {
        for (const asked of [datasource, ...targets.map((target) => target.datasource)])
          assert.equal(asked, { type: 'prometheus', uid: 'prometheus' }, panel);
        assert.is(new Set(targets.map(({ refId }) => refId)).size, targets.length, panel);
        assert.ok(description.length > 20 && (fieldConfig.defaults.noValue ?? '') !== '', panel);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
            assert.ok(x < 24 && !taken.has(`${x} ${y}`), `${panel} lies on another`);
            taken.add(`${x} ${y}`);
          }
      }
    }
    const wanted = `namespace="${namespaceOf(system)}"`;
    for (const { panel, expr } of await questionsOf(system)) {
      assert.is(mistakeIn(expr), undefined, panel);
      for (const { text, matchers } of readExpression(expr).selectors)
        assert.ok(
          matchers.some(({ text: asked }) => asked === wanted),
          `${panel}: ${text} may be another system's`,
        );
    }
  });

  test(`production's Grafana is given those of ${system}, by the label that its sidecar looks for`, async () => {
    const { model } = await renderSystem(root, kustomize, 'production', system);
    const given = model
      .all('', 'ConfigMap')
      // kube-prometheus-stack, values.yaml: grafana.sidecar.dashboards, in every namespace.
      .filter(({ metadata }) => metadata.labels?.grafana_dashboard === '1')
      .flatMap((object) => Object.entries((object as unknown as { data: Record<string, string> }).data));
    assert.equal(given.map(([name]) => name).sort(), [...own.keys()].sort());
    // One ConfigMap holds a megabyte.
    assert.ok(given.reduce((size, [, text]) => size + text.length, 0) < 500_000);
  });
}

test.run();
