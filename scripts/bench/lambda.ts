import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { run, table } from '@plumbline/validators';
import pg from 'pg';
import { prepareLambda, startLambdaServices } from '../../trial/lambda.ts';
import { renderSystem } from '../../trial/overlay/system.ts';
import { openTrial, type Trial } from '../../trial/trial.ts';
import { until } from '../../trial/until.ts';
import { type RunningWorker, startWorker } from '../../trial/worker.ts';
import type { Bench } from '../bench.ts';
import { median } from '../lib/median.ts';
import { root } from '../lib/root.ts';
import { repositoryTools } from '../lib/tools.ts';
import { cpuSeconds, watchPeak } from './worker-costs.ts';

/** Rows that every way moves. */
const count = 300_000;
const deadline = 5 * 60_000;
const columns = 'event_id, account_id, merchant, category, amount, currency, occurred_at';

interface Sample {
  readonly rate: number;
  /** Rows for each second of the worker's CPU time. */
  readonly perCpu: number;
  /** The most that one of them held, in MiB. */
  readonly megabytes: number;
}

/**
 * Times lambda-consumer (one, then three) and lambda-csv-batch beside `psql \copy` of the same rows into the same
 * table with the same indexes, and beside plain reading by the client; services and workers as the overlay of kind
 * configures them, on one machine.
 */
export const benchLambda: Bench = async ({ rounds, say }) => {
  const tools = await repositoryTools(say);
  const trial = await openTrial(await renderSystem(root, tools.kustomize, 'kind', 'lambda'), {
    say,
    measures: true,
  });
  try {
    const services = await startLambdaServices(trial);
    await prepareLambda(trial, services);
    const { login, postgres, kafka } = services;
    const database = new pg.Client(login);
    await database.connect();
    say(`filling the topic with ${count} transactions`);
    const rowsFile = join(trial.folder, 'rows.txt');
    await fill(kafka.address, rowsFile);
    const inbox = join(trial.folder, 'inbox');
    const csvFile = join(inbox, 'bench.csv');
    await mkdir(inbox);
    await toCsv(rowsFile, csvFile);

    const empty = async () => {
      await database.query('TRUNCATE transactions, stream_offsets, dead_letters, batch_rejects, batch_jobs');
      await database.query('CHECKPOINT').catch(() => {});
    };
    const copy = async (from: string) => {
      await empty();
      const env = { PGPASSWORD: login.password };
      const at = ['--host', login.host, '--port', String(login.port), '--username', login.user];
      const args = [...at, '--dbname', login.database, '--no-psqlrc', '--command', from];
      const start = performance.now();
      const psql = join(postgres.bin ?? '', 'psql');
      const ran = await run(psql, args, { env, deadline });
      if (ran.status !== 0) throw new Error(ran.stderr);
      return count / ((performance.now() - start) / 1000);
    };
    const consume = async (consumers: number): Promise<Sample> => {
      await empty();
      return timeConsumers(trial, database, consumers);
    };
    const batch = async (): Promise<Sample> => {
      await empty();
      const start = performance.now();
      const worker = await startWorker(trial, {
        workload: 'CronJob/csv-batch-cron',
        folders: { inbox },
        label: String(performance.now()),
      });
      const peak = watchPeak(worker);
      const ended = await worker.ended;
      const rate = count / ((performance.now() - start) / 1000);
      const { rows } = await database.query('SELECT rows_loaded FROM batch_jobs');
      if (ended.status !== 0 || Number(rows[0]?.rows_loaded) !== count) throw new Error(worker.log());
      return { rate, perCpu: 0, megabytes: peak() };
    };
    const read = async () => {
      const script = join(root, 'scripts/bench/kafka-clients/one.ts');
      const args = ['--disable-warning=ExperimentalWarning', script, 'platformatic-fetch', 'consume'];
      const ran = await run(process.execPath, [...args, kafka.address, 'transactions', String(count)], {
        deadline,
      });
      const { milliseconds } = JSON.parse(ran.stdout.toString()) as { milliseconds: number };
      return count / (milliseconds / 1000);
    };

    const found = { copy: [] as number[], read: [] as number[], one: [] as Sample[], three: [] as Sample[] };
    const csv = { copy: [] as number[], batch: [] as Sample[] };
    const fromRows = `\\copy transactions (${columns}, source) from '${rowsFile}'`;
    const fromCsv = `\\copy transactions (${columns}) from '${csvFile}' with (format csv, header)`;
    await database.query("ALTER TABLE transactions ALTER COLUMN source SET DEFAULT 'batch'");
    for (let round = 0; round <= rounds; round += 1) {
      const samples = {
        copy: await copy(fromRows),
        read: await read(),
        one: await consume(1),
        three: await consume(3),
        csvCopy: await copy(fromCsv),
        batch: await batch(),
      };
      const said = Object.entries(samples).map(
        ([name, value]) => `${name} ${Math.round(typeof value === 'number' ? value : value.rate)}/s`,
      );
      say(`round ${round} of ${rounds}${round === 0 ? ', to warm up' : ''}: ${said.join(', ')}`);
      if (round === 0) continue;
      found.copy.push(samples.copy);
      found.read.push(samples.read);
      found.one.push(samples.one);
      found.three.push(samples.three);
      csv.copy.push(samples.csvCopy);
      csv.batch.push(samples.batch);
    }
    await database.end();
    return report(found, csv);
  } finally {
    await trial.close();
  }
};

async function fill(address: string, file: string): Promise<void> {
  const script = join(root, 'scripts/bench/lambda/fill.ts');
  const args = ['--disable-warning=ExperimentalWarning', script, address, 'transactions', String(count)];
  const ran = await run(process.execPath, args, { deadline });
  if (ran.status !== 0) throw new Error(ran.stderr);
  const out = createWriteStream(file);
  out.end(ran.stdout);
  await once(out, 'finish');
}

async function toCsv(rows: string, file: string): Promise<void> {
  const out = createWriteStream(file);
  out.write(`${columns.replaceAll(' ', '')}\n`);
  for await (const line of createInterface({ input: createReadStream(rows) })) {
    const fields = line.split('\t').slice(0, 7);
    out.write(`${fields.map((field) => (field.includes(',') ? `"${field}"` : field)).join(',')}\n`);
  }
  out.end();
  await once(out, 'finish');
}

/** From the first commit to the last, so that joining the group does not count. */
async function timeConsumers(trial: Trial, database: pg.Client, consumers: number): Promise<Sample> {
  const env = { KAFKA_GROUP: `bench-${performance.now()}` };
  const workers: RunningWorker[] = [];
  for (let index = 0; index < consumers; index += 1) {
    const workload = 'Deployment/lambda-consumer';
    workers.push(await startWorker(trial, { workload, index, env, label: env.KAFKA_GROUP }));
  }
  const peaks = workers.map(watchPeak);
  const stored = async () => {
    const sum = 'SELECT coalesce(sum(next_offset), 0)::int AS stored FROM stream_offsets';
    return (await database.query<{ stored: number }>(sum)).rows[0]?.stored ?? 0;
  };
  const wait = { deadline, what: 'the rows', every: 10 };
  const first = await until(async () => (await stored()) || undefined, wait);
  const start = performance.now();
  const cpuBefore = workers.map(cpuSeconds);
  await until(async () => (await stored()) === count, wait);
  const seconds = (performance.now() - start) / 1000;
  const cpu = workers.reduce((sum, worker, index) => sum + cpuSeconds(worker) - (cpuBefore[index] ?? 0), 0);
  const { rows } = await database.query<{ rows: number }>('SELECT count(*)::int AS rows FROM transactions');
  if (rows[0]?.rows !== count) throw new Error(`${rows[0]?.rows} rows of ${count}`);
  for (const worker of workers) await worker.stop();
  const megabytes = Math.max(...peaks.map((peak) => peak()));
  return { rate: (count - first) / seconds, perCpu: (count - first) / cpu, megabytes };
}

function report(
  found: { copy: number[]; read: number[]; one: Sample[]; three: Sample[] },
  csv: { copy: number[]; batch: Sample[] },
): string {
  const copy = median(found.copy);
  const csvCopy = median(csv.copy);
  const rate = (samples: readonly Sample[]) => median(samples.map((sample) => sample.rate));
  const memory = (samples: readonly Sample[]) => Math.max(...samples.map(({ megabytes }) => megabytes));
  const perCpu = (samples: readonly Sample[]) => median(samples.map((sample) => sample.perCpu));
  const row = (name: string, value: number, beside: number, megabytes: number | undefined, about: string) => [
    name,
    Math.round(value).toString(),
    (value / beside).toFixed(2),
    megabytes === undefined ? '' : Math.round(megabytes).toString(),
    about,
  ];
  const rows = [
    ['', 'rows/s', 'ratio', 'MiB', ''],
    row('copy', copy, copy, undefined, 'psql \\copy of the rows: the limit'),
    row('read', median(found.read), copy, undefined, 'reading the topic alone'),
    row('one', rate(found.one), copy, memory(found.one), 'one lambda-consumer'),
    row('three', rate(found.three), copy, memory(found.three), 'three, together'),
    row('csv copy', csvCopy, csvCopy, undefined, 'psql \\copy of the CSV file'),
    row(
      'csv batch',
      rate(csv.batch),
      csvCopy,
      memory(csv.batch),
      'lambda-csv-batch, from its start to its end',
    ),
  ];
  const figures = [
    `consumer=${(rate(found.one) / copy).toFixed(2)}`,
    `consumers3=${(rate(found.three) / copy).toFixed(2)}`,
    `csv=${(rate(csv.batch) / csvCopy).toFixed(2)}`,
    `copy_rows_s=${Math.round(copy)}`,
    `rows_cpu_s=${Math.round(perCpu(found.one))}`,
    `rows_cpu_s3=${Math.round(perCpu(found.three))}`,
    `rss_mib=${Math.round(Math.max(memory(found.one), memory(found.three), memory(csv.batch)))}`,
  ];
  return `${table(rows, [1, 2, 3]).join('\n')}\nbench lambda ${figures.join(' ')}\n`;
}
