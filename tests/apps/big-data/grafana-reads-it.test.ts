import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { countries } from '../../../apps/big-data/generator/catalogue.ts';
import { podContainer } from '../../../trial/overlay/container.ts';
import { renderSystem, workloadOf } from '../../../trial/overlay/system.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './gateway-rig.ts';
import { check, type Typed } from './grafana-compiler.ts';
import type { Dashboard, DashboardProviders, DataSources, Panel } from './grafana-types.ts';

const folder = join(root, 'base/big-data/dashboards');
const names = ['pipeline', 'storefront'] as const;
const read = (name: string) => readFile(join(folder, name), 'utf8');
const dashboards: Record<string, Dashboard> = {};
for (const name of names) dashboards[name] = JSON.parse(await read(`${name}.json`)) as Dashboard;
const sources = parse(await read('datasource.yaml')) as DataSources;
const providers = parse(await read('providers.yaml')) as DashboardProviders;

test("Grafana's own types, and its plugin's, know all that stands in dashboards and provisioning", async () => {
  const { status, said } = await check({
    pipeline: ['Dashboard', dashboards.pipeline],
    storefront: ['Dashboard', dashboards.storefront],
    datasource: ['DataSources', sources],
    providers: ['DashboardProviders', providers],
  });
  assert.is(status, 0, said);
});

test('a mistake in any part of them is told', async () => {
  const changed = <Value>(value: Value, change: (copy: Value) => void) => {
    const copy = structuredClone(value);
    change(copy);
    return copy;
  };
  // biome-ignore lint/suspicious/noExplicitAny: what is wrong has no type
  const of = (which: string, change: (copy: any) => void) =>
    ['Dashboard', changed(dashboards[which], change)] satisfies Typed;
  const wrong = {
    panelType: of('pipeline', ({ panels }) => (panels[0].type = 'graph')),
    panelField: of('pipeline', ({ panels }) => (panels[0].tittle = 'Lag')),
    position: of('pipeline', ({ panels }) => (panels[0].gridPos.h = '8')),
    unit: of('pipeline', ({ panels }) => (panels[1].fieldConfig.defaults.unit = 'milliseconds')),
    drawStyle: of('pipeline', ({ panels }) => (panels[0].fieldConfig.defaults.custom.drawStyle = 'lines')),
    custom: of('pipeline', ({ panels }) => (panels[0].fieldConfig.defaults.custom.fill = 1)),
    legend: of('pipeline', ({ panels }) => (panels[0].options.legend.position = 'bottom')),
    override: of('pipeline', ({ panels }) => (panels[5].fieldConfig.overrides[0].properties[0].id = 'name')),
    query: of('pipeline', ({ panels }) => (panels[0].targets[0].rawSql = 'SELECT 1')),
    queryType: of('pipeline', ({ panels }) => (panels[0].targets[0].queryType = 'table')),
    transformation: of('storefront', ({ panels }) => (panels[6].transformations[0].id = 'join')),
    sort: of('storefront', ({ panels }) => (panels[6].transformations[1].options.fields = {})),
    calculation: of('storefront', ({ panels }) => (panels[0].options.reduceOptions.calc = 'sum')),
    variable: of('storefront', ({ templating }) => (templating.list[0].values = 'EUR')),
    variableType: of('storefront', ({ templating }) => (templating.list[0].type = 'list')),
    link: of('storefront', ({ links }) => (links[0].type = 'dashboard')),
    zone: of('storefront', (dashboard) => (dashboard.timezone = 'UTC+0')),
    crosshair: of('storefront', (dashboard) => (dashboard.graphTooltip = 7)),
    source: [
      'DataSources',
      changed(sources, (copy) => Object.assign(copy.datasources[0] ?? {}, { uuid: 'x' })),
    ],
    level: [
      'DataSources',
      changed(sources, (copy) =>
        Object.assign(copy.datasources[0]?.jsonData ?? {}, { consistency: 'local' }),
      ),
    ],
    provider: [
      'DashboardProviders',
      changed(providers, (copy) => Object.assign(copy.providers[0] ?? {}, { path: '/x' })),
    ],
  } satisfies Record<string, Typed>;
  const checked = await check(wrong);
  for (const name of Object.keys(wrong)) assert.ok(checked.wrong.has(name), `${name} is told`);
});

const panels = Object.entries(dashboards).flatMap(([name, dashboard]) =>
  dashboard.panels.map((panel): [string, Panel] => [`${name}, ${panel.title}`, panel]),
);

test('every panel asks the source that is provisioned, under a number and in a place of its own', () => {
  const known = sources.datasources.map(({ type, uid }) => ({ type, uid }));
  for (const [name, { datasource, targets }] of panels) {
    for (const asked of [datasource, ...targets.map((target) => target.datasource)])
      assert.equal(known, [asked], name);
    assert.is(new Set(targets.map(({ refId }) => refId)).size, targets.length, name);
  }
  for (const { panels: mine, title } of Object.values(dashboards)) {
    assert.is(new Set(mine.map(({ id }) => id)).size, mine.length, title);
    const taken = new Set<string>();
    for (const { gridPos, title: panel } of mine) {
      assert.ok(gridPos.x + gridPos.w <= 24, panel);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          assert.not.ok(taken.has(`${x} ${y}`), `${panel} lies on another`);
          taken.add(`${x} ${y}`);
        }
    }
  }
});

test('every panel says what it shows, what it shows when there is nothing, and reads but the variables there are', () => {
  for (const [name, panel] of panels) {
    assert.ok(panel.description.length > 10, name);
    assert.ok((panel.fieldConfig.defaults.noValue ?? '').length > 0, name);
  }
  for (const { templating, panels: mine } of Object.values(dashboards)) {
    const known = [...templating.list.map((variable) => variable.name), '__timeFrom', '__timeTo'];
    for (const panel of mine) {
      const asked = [...JSON.stringify(panel).matchAll(/\$\{?(\w+)/g)].map(([, variable]) => variable ?? '');
      assert.equal(
        asked.filter((variable) => !known.includes(variable)),
        [],
        panel.title,
      );
    }
  }
});

test('every currency that customers pay in can be chosen', () => {
  const [currency] = dashboards.storefront?.templating.list ?? [];
  const paid = [...new Set(countries.map(([, , one]) => one))].sort();
  assert.equal(String(currency?.query).split(',').sort(), paid);
  assert.equal(currency?.options?.map(({ value }) => value).sort(), paid);
});

test('a column that a table names, sorts by or puts into a legend is one that it asks for', () => {
  for (const [name, { fieldConfig, targets, transformations = [] }] of panels) {
    const columns = targets.flatMap(({ target }) =>
      (/^SELECT (.*) FROM/.exec(target)?.[1] ?? '').split(', ').map((one) => one.replace(/^.* AS /, '')),
    );
    const named = fieldConfig.overrides.flatMap(({ matcher }) =>
      matcher.id === 'byName' ? [matcher.options] : [],
    );
    const sorted = transformations.flatMap((one) =>
      one.id === 'sortBy' ? one.options.sort.map(({ field }) => field) : [],
    );
    const inLegend = targets.flatMap(({ alias = '' }) =>
      [...alias.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, one]) => one ?? ''),
    );
    for (const column of [...named, ...sorted, ...inLegend])
      assert.ok(columns.includes(column), `${name}: ${column}`);
  }
});

test('the files lie where Grafana is told to look, and the types are of its version', async () => {
  for (const environment of ['kind', 'production']) {
    const system = await renderSystem(root, kustomize, environment, 'big-data');
    const { mounts, env } = podContainer(system, workloadOf(system, 'Deployment', 'grafana'), {
      unknownValue: 'known-to-the-cluster',
    });
    const files = (path: string) => {
      const mount = mounts.find((one) => one.path === path);
      return mount?.kind === 'files' ? [...mount.files.keys()] : [];
    };
    assert.equal(files('/etc/grafana/provisioning/datasources'), ['datasource.yaml']);
    assert.equal(files('/etc/grafana/provisioning/dashboards'), ['providers.yaml']);
    for (const { options } of providers.providers)
      assert.equal(
        files(options.path).sort(),
        names.map((name) => `${name}.json`),
      );
    for (const name of JSON.stringify(sources).matchAll(/\$(\w+)/g))
      assert.ok(env.has(name[1] ?? ''), name[0]);
    const home = env.get('GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH') ?? '';
    assert.ok(files('/etc/grafana/dashboards').some((file) => home === `/etc/grafana/dashboards/${file}`));
  }
  const dockerfile = await readFile(join(root, 'apps/big-data/grafana/Dockerfile'), 'utf8');
  const image = /grafana\/grafana:(\d+)\.(\d+)\.(\d+)/.exec(dockerfile)?.slice(1).map(Number) ?? [];
  const { version } = JSON.parse(
    await readFile(join(root, 'node_modules/@grafana/schema/package.json'), 'utf8'),
  ) as { version: string };
  const [major, minor, patch = 99] = version.split('.').map(Number);
  // Not every patch of Grafana is published as types: the same line, and none that is newer.
  assert.equal([major, minor], image.slice(0, 2));
  assert.ok(patch <= (image[2] ?? 0), version);
});

test.run();
