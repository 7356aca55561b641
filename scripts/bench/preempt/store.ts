import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { run, table } from '@plumbline/validators';
import { createLog } from '../../../apps/kit/index.ts';
import { connectPool, type Pool } from '../../../apps/kit/mysql/index.ts';
import { connectRedis, pairs, type Redis, type Reply } from '../../../apps/kit/redis/index.ts';
import { type Observation, writeObservation } from '../../../apps/preempt/message/observation.ts';
import { ledgerOf } from '../../../apps/preempt/store/group.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { migratePreempt, startPreemptServices, startPreemptWorker } from '../../../trial/preempt.ts';
import { finished } from '../../../trial/process/start.ts';
import { fieldNames } from '../../../trial/seasons/units.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import type { Bench } from '../../bench.ts';
import { median } from '../../lib/median.ts';
import { root } from '../../lib/root.ts';
import { repositoryTools } from '../../lib/tools.ts';
import type { Part } from '../preempt.ts';

const messages = 40_000;
const fields = fieldNames;
const rows = messages * fields.length;
const [stream, group] = ['weather:observations', 'store'];
const deadline = 5 * 60_000;

/**
 * Times the store (one, then two) beside `LOAD DATA LOCAL` of the same rows in the same order into the same empty table;
 * services and store as the overlay of kind configures them, on one machine.
 */
export async function benchStore({ rounds, say }: Parameters<Bench>[0]): Promise<Part> {
  const tools = await repositoryTools(say);
  const trial = await openTrial(await renderSystem(root, tools.kustomize, 'kind', 'preempt'), { say });
  const log = createLog('bench', 'silent');
  try {
    const services = await startPreemptServices(trial);
    await migratePreempt(trial);
    await finished(await startPreemptWorker(trial, { workload: 'Job/seed' }), 60_000);
    const { login } = services.mysql;
    const pool = connectPool(login, 'bench', 1, log, { statementSeconds: 300 });
    const redis = connectRedis(services.redisLogin, 'bench', log);
    await pool.change('INSERT INTO fields (name, unit) VALUES ?', [fields.map((field) => [field, ''])]);
    const observations = await makeObservations(pool);
    const file = join(trial.folder, 'rows.txt');
    await writeRows(pool, observations, file);

    const load = async () => {
      await pool.change('TRUNCATE observations');
      const start = performance.now();
      const at = [`--host=${login.host}`, `--port=${login.port}`, `--user=${login.user}`, login.database];
      const text = `LOAD DATA LOCAL INFILE '${file}' INTO TABLE observations (location_id, field_id, observed_at, value, collected_at)`;
      const ran = await run('mariadb', ['--local-infile=1', ...at, `--execute=${text}`], {
        env: { ...process.env, MYSQL_PWD: login.password },
        deadline,
      });
      if (ran.status !== 0) throw new Error(ran.stderr);
      const seconds = (performance.now() - start) / 1000;
      await assertAll(pool);
      return rows / seconds;
    };
    const store = async (replicas: number) => {
      await pool.change('TRUNCATE observations');
      await fill(redis, observations);
      const rate = await timeStores(trial, redis, replicas);
      await assertAll(pool);
      return rate;
    };
    const found = { load: [] as number[], one: [] as number[], two: [] as number[] };
    for (let round = 0; round <= rounds; round += 1) {
      const sample = { load: await load(), one: await store(1), two: await store(2) };
      const said = Object.entries(sample).map(([name, rate]) => `${name} ${Math.round(rate)}/s`);
      say(`round ${round} of ${rounds}${round === 0 ? ', to warm up' : ''}: ${said.join(', ')}`);
      if (round === 0) continue;
      for (const name of ['load', 'one', 'two'] as const) found[name].push(sample[name]);
    }
    redis.close();
    await pool.end();
    return report(found);
  } finally {
    await trial.close();
  }
}

async function makeObservations(pool: Pool): Promise<Observation[]> {
  const locations = await pool.query<{ id: number }>('SELECT id FROM locations ORDER BY id');
  const began = Date.UTC(2026, 0, 1);
  return Array.from({ length: messages }, (_, index) => {
    const time = began + Math.floor(index / locations.length) * 15 * 60_000;
    return {
      location: locations[index % locations.length]?.id ?? 0,
      collectedAt: new Date(time + 60_000).toISOString(),
      observedAt: `${new Date(time).toISOString().slice(0, 16)}Z`,
      values: Object.fromEntries(fields.map((field, at) => [field, ((index * 7 + at * 13) % 1000) / 10])),
    };
  });
}

/** The same rows as lines between tabs. */
async function writeRows(pool: Pool, observations: readonly Observation[], file: string): Promise<void> {
  const known = await pool.query<{ id: number; name: string }>('SELECT id, name FROM fields');
  const ids = new Map(known.map(({ id, name }) => [name, id]));
  const out = createWriteStream(file);
  for (const { location, collectedAt, observedAt, values } of observations) {
    const [observed, collected] = [observedAt, collectedAt].map((time) =>
      time.slice(0, -1).replace('T', ' '),
    );
    for (const [field, value] of Object.entries(values)) {
      out.write(`${location}\t${ids.get(field)}\t${observed}:00\t${value}\t${collected}\n`);
    }
  }
  out.end();
  await once(out, 'finish');
}

async function fill(redis: Redis, observations: readonly Observation[]): Promise<void> {
  await redis.send(['DEL', stream, ledgerOf(stream, group)]);
  for (let from = 0; from < observations.length; from += 1000) {
    const some = observations.slice(from, from + 1000);
    await Promise.all(some.map((one) => redis.send(['XADD', stream, '*', 'data', writeObservation(one)])));
  }
}

let runs = 0;

/** From the first entries that were delivered until the last is acknowledged, so that starting does not count. */
async function timeStores(trial: Trial, redis: Redis, replicas: number): Promise<number> {
  const wait = { deadline, what: 'the rows', every: 10 };
  const delivered = async () => {
    const answer = await redis.send<string | null>(['HGET', ledgerOf(stream, group), 'position']);
    return Number(answer ?? 0);
  };
  runs += 1;
  const stores = await Promise.all(
    Array.from({ length: replicas }, (_, index) =>
      startPreemptWorker(trial, { workload: 'Deployment/store', index, label: `run${runs}` }),
    ),
  );
  const first = await until(async () => (await delivered()) || undefined, wait);
  const start = performance.now();
  await until(async () => {
    if ((await delivered()) < messages) return false;
    const [of] = await redis.send<readonly Reply[]>(['XINFO', 'GROUPS', stream]);
    return pairs(of ?? []).get('pending') === 0;
  }, wait);
  const seconds = (performance.now() - start) / 1000;
  for (const store of stores) await store.stop();
  return ((messages - first) * fields.length) / seconds;
}

async function assertAll(pool: Pool): Promise<void> {
  const [row] = await pool.query<{ rows: number }>('SELECT COUNT(*) AS `rows` FROM observations');
  if (row?.rows !== rows) throw new Error(`${row?.rows} rows of ${rows}`);
}

function report(found: { load: number[]; one: number[]; two: number[] }): Part {
  const [load, one, two] = [median(found.load), median(found.one), median(found.two)];
  const line = (name: string, rate: number, about: string) => [
    name,
    Math.round(rate).toString(),
    (rate / load).toFixed(2),
    about,
  ];
  const lines = [
    ['', 'rows/s', 'ratio', ''],
    line('load', load, 'LOAD DATA LOCAL of the rows: the limit'),
    line('one', one, 'one store'),
    line('two', two, 'two, together'),
  ];
  return {
    text: table(lines, [1, 2]).join('\n'),
    figures: [
      `store=${(one / load).toFixed(2)}`,
      `stores2=${(two / load).toFixed(2)}`,
      `load_rows_s=${Math.round(load)}`,
    ],
  };
}
