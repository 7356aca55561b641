import * as assert from 'uvu/assert';
import { allowedBy } from '../../../apps/preempt/collector/budget.ts';
import { until } from '../../../trial/until.ts';
import { suite } from '../../harness/suite.ts';
import { ample, startCollecting, withSource } from './collecting.ts';
import { openPlatform, type Platform } from './platform.ts';

const test = suite('the collector');
let platform: Platform;

test.before(async () => {
  platform = await openPlatform();
});
test.after(() => platform?.close());

test('all that is due is collected in few requests, a few at a time, and a second run asks for nothing', () =>
  withSource({}, async (source) => {
    const collecting = await startCollecting(platform, source, 350);
    assert.is(await collecting.ended(), 0);
    const messages = await collecting.messages();
    assert.is(messages.length, 350);
    assert.is(new Set(messages.map(({ location }) => location)).size, 350);
    assert.is(await collecting.collected(), 350);
    assert.is(source.calls(), 350);
    assert.is(await collecting.spent(), 350);
    assert.ok(source.parallel() <= 4, `${source.parallel()} at a time`);
    const [given] = source.given;
    const of = messages.find(({ location }) => location === 1);
    assert.equal(of?.values, given?.values);
    assert.is(of?.observedAt, `${given?.time}Z`);
    assert.is(await collecting.ended(), 0);
    assert.is(source.calls(), 350);
    const units = await platform.pool.query<{ name: string; unit: string }>('SELECT name, unit FROM fields');
    assert.is(units.find(({ name }) => name === 'temperature_2m')?.unit, '°C');
  }));

test('one location alone is answered without a list, and collected', () =>
  withSource({}, async (source) => {
    const collecting = await startCollecting(platform, source, 1);
    assert.is(await collecting.ended(), 0);
    assert.is((await collecting.messages()).length, 1);
  }));

test('told to wait, all requests wait so long, and then go on', () =>
  withSource(
    {
      behave: ({ number }) =>
        number === 1
          ? {
              kind: 'answer',
              status: 429,
              headers: { 'retry-after': '2' },
              body: '{"error":true,"reason":"Minutely API request limit exceeded. Please try again in one minute."}',
            }
          : undefined,
    },
    async (source) => {
      const collecting = await startCollecting(platform, source, 90);
      const one = (config: string) =>
        config
          .replace('locations_per_request: 100', 'locations_per_request: 30')
          .replace('parallel_requests: 4', 'parallel_requests: 1');
      const began = performance.now();
      assert.is(await collecting.ended({ edit: one }), 0);
      assert.ok(performance.now() - began >= 2000);
      assert.is((await collecting.messages()).length, 90);
      assert.is(await collecting.spent(), 120);
    },
  ));

test('at the limit of the hour it stops, keeps what it has, and says that it is a part', () =>
  withSource({ limits: { minute: 600, hour: 60, day: 10_000 } }, async (source) => {
    const collecting = await startCollecting(platform, source, 90);
    const edit = (config: string) =>
      config
        .replace('locations_per_request: 100', 'locations_per_request: 30')
        .replace('parallel_requests: 4', 'parallel_requests: 1');
    const worker = await collecting.run({ edit });
    assert.is((await worker.ended).status, 3, worker.log());
    assert.match(worker.log(), /Hourly API request limit exceeded/);
    assert.is((await collecting.messages()).length, 60);
    assert.is(await collecting.collected(), 60);
  }));

test('at the limit of the day it stops, and no other run of that day asks', () =>
  withSource({ limits: { minute: 600, hour: 5000, day: 0 } }, async (source) => {
    const collecting = await startCollecting(platform, source, 10);
    const edit = (config: string) => config.replace(ample, 'daily_budget: 100000');
    assert.is(await collecting.ended({ edit }), 1);
    assert.is(await collecting.ended({ edit }), 4);
    assert.is(source.calls(), 10);
  }));

test('what fails is tried again, within bounds; an answer that breaks off counts as none', () =>
  withSource(
    {
      behave: ({ number }) =>
        number === 1
          ? { kind: 'break' }
          : number === 2
            ? { kind: 'answer', status: 503, headers: { 'retry-after': '1' }, body: 'busy' }
            : undefined,
    },
    async (source) => {
      const collecting = await startCollecting(platform, source, 20);
      assert.is(await collecting.ended(), 0);
      assert.is((await collecting.messages()).length, 20);
      assert.is(await collecting.spent(), 60);
    },
  ));

test('a source that never answers ends with the run: 1, and nothing is marked', () =>
  withSource({ behave: () => ({ kind: 'silence' }) }, async (source) => {
    const collecting = await startCollecting(platform, source, 20);
    const run = await collecting.run({ env: { COLLECTOR_DEADLINE_SECONDS: '8' } });
    // A request has 20 s, and no more than the run has.
    await until(() => run.state(), { deadline: 18_000, what: 'its end' });
    assert.is(run.state()?.status, 1);
    assert.is(source.calls(), 20);
    assert.is(await collecting.collected(), 0);
  }));

test('a field that the source does not know is said at once, and not asked for again and again', () =>
  withSource({}, async (source) => {
    const collecting = await startCollecting(platform, source, 20);
    const worker = await collecting.run({
      edit: (config) => config.replace('- cloud_cover', '- cloud_colour'),
    });
    assert.is((await worker.ended).status, 1);
    assert.match(worker.log(), /cloud_colour/);
    // Halves of 20, until three places were refused alone: none of them is to blame.
    assert.is(await collecting.spent(), 20 + 10 + 5 + 3 + 2 + 1 + 1 + 1);
    const [row] = await platform.pool.query('SELECT COUNT(refused_at) AS refused FROM locations');
    assert.equal(row, { refused: 0 });
  }));

test('two runs at once, and one that is killed, never spend more than the day has by then', () =>
  withSource({}, async (source) => {
    const budget = 3000;
    const collecting = await startCollecting(platform, source, 400);
    const edit = (config: string) =>
      config
        .replace(ample, `daily_budget: ${budget}`)
        .replace('locations_per_request: 100', 'locations_per_request: 7');
    const first = await Promise.all([0, 1, 2].map((index) => collecting.run({ edit, index })));
    first[0]?.signal('SIGKILL');
    await Promise.all(first.map((run) => run.ended));
    // On a machine at its limits a request may fail, and its further try has a quarter of an hour more.
    const hasFurther = first.some((run) => /"the source: /.test(run.log()));
    const allowed = allowedBy(new Date(), budget, hasFurther ? 3 : 0);
    const [calls, spent] = [source.calls(), await collecting.spent()];
    assert.ok(calls <= spent, `${calls} calls, ${spent} spent`);
    assert.ok(
      spent <= allowed,
      `${spent} spent, ${allowed} allowed; ${first.map((run) => run.log()).join('')}`,
    );
  }));

test("a node's clock that is a day ahead changes nothing: times are the database's and the source's", () =>
  withSource({}, async (source) => {
    const collecting = await startCollecting(platform, source, 5);
    const ahead = `data:text/javascript,const now=Date.now;const Old=Date;globalThis.Date=class extends Old{constructor(...given){given.length===0?super(now()+864e5):super(...given)}static now(){return now()+864e5}}`;
    assert.is(await collecting.ended({ env: { NODE_OPTIONS: `--import "${ahead}"` } }), 0);
    for (const { collectedAt, observedAt } of await collecting.messages()) {
      assert.ok(Math.abs(Date.parse(collectedAt) - Date.now()) < 60_000, collectedAt);
      assert.ok(Date.parse(observedAt) <= Date.now(), observedAt);
    }
    // And it is not taken for collected tomorrow.
    await platform.pool.change('UPDATE locations SET collected_at = collected_at + INTERVAL 1 DAY');
    assert.is(await collecting.ended(), 0);
    assert.is(source.calls(), 10);
  }));

test.run();
