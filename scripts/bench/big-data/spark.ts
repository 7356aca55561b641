import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { table } from '@plumbline/validators';
import { linesOf } from '../../../apps/big-data/generator/index.ts';
import { connectProducer, type Message } from '../../../apps/kit/kafka/index.ts';
import { type BigDataServices, startBigDataServices, startGateway } from '../../../trial/big-data.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { finished, lastWords, start } from '../../../trial/process/start.ts';
import { connect } from '../../../trial/services/cassandra.ts';
import { type RunningSpark, startSpark } from '../../../trial/services/spark.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import type { BenchOptions } from '../../bench.ts';
import { median } from '../../lib/median.ts';
import { root } from '../../lib/root.ts';
import { repositoryTools } from '../../lib/tools.ts';
import type { Part } from '../part.ts';

/** Rows of a batch, of both ways, and how many batches; the first ones warm up. */
const rows = 20_000;
const batches = 10;
const warmUp = 3;
const probes = 60;
const deadline = 10 * 60_000;

/**
 * Times Spark's job on a backlog of the topic, beside Spark's own source of rows into the same Cassandra; then how long
 * one event takes from the gateway's client to a row, while the generator sends others. All on one machine, in turns.
 */
export async function benchSpark({ rounds, say }: BenchOptions): Promise<Part> {
  const tools = await repositoryTools(say);
  const trial = await openTrial(await renderSystem(root, tools.kustomize, 'kind', 'big-data'), {
    say,
    measures: true,
  });
  try {
    const services = await startBigDataServices(trial);
    await fill(services.kafka.address, rows * batches);
    const found = { rate: [] as number[], events: [] as number[], whole: [] as number[] };
    for (let round = 1; round <= rounds; round += 1) {
      found.rate.push(await rate(trial, round));
      found.events.push(await backlog(trial, `events${round}`, ['events']));
      found.whole.push(await backlog(trial, `whole${round}`, ['events', 'windows']));
      const told = Object.entries(found).map(([name, all]) => `${name} ${Math.round(all.at(-1) ?? 0)}/s`);
      say(`round ${round} of ${rounds}: ${told.join(', ')}`);
    }
    const times = await latencies(trial, services);
    const [limit, events, whole] = [median(found.rate), median(found.events), median(found.whole)];
    const row = (name: string, value: number, about: string) => [
      ...[name, String(Math.round(value)), (value / limit).toFixed(2), about],
    ];
    const shown = [
      ['', 'rows/s', 'ratio', ''],
      row('rate', limit, "Spark's own source into one table: the limit"),
      row('events', events, 'the query that keeps the events, alone, from a backlog'),
      row('whole', whole, 'both queries on the same cores: the slower of the two'),
    ];
    const at = (share: number) => Math.round(times[Math.ceil(share * times.length) - 1] ?? 0);
    const latency = `from a client's request to a row, 50 events a second beside it: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, most ${at(1)} ms`;
    return {
      text: `${table(shown, [1, 2]).join('\n')}\n${latency}`,
      figures: [
        `spark_events=${(events / limit).toFixed(2)}`,
        `spark_whole=${(whole / limit).toFixed(2)}`,
        `rate_rows_s=${Math.round(limit)}`,
        `events_rows_s=${Math.round(events)}`,
        `whole_rows_s=${Math.round(whole)}`,
        `latency_p50_ms=${at(0.5)}`,
        `latency_p95_ms=${at(0.95)}`,
        `latency_max_ms=${at(1)}`,
      ],
    };
  } finally {
    await trial.close();
  }
}

/** Puts the first events of a storefront into the topic, as the gateway would. */
async function fill(address: string, count: number): Promise<void> {
  const producer = connectProducer({ brokers: [address], topic: 'events' }, 'bench');
  const options = { seed: 1, speed: 1, steady: true, late: 0, malformed: 0, rate: 1000, duration: 3600 };
  let batch: Message[] = [];
  let sent = 0;
  for (const { text } of linesOf({ ...options, start: Date.now() - 7_200_000 })) {
    const event = JSON.parse(text) as { session: string; occurredAt: string };
    batch.push({ key: event.session, value: JSON.stringify({ ...event, receivedAt: event.occurredAt }) });
    sent += 1;
    if (batch.length === 1000 || sent === count) {
      await producer.send(batch);
      batch = [];
    }
    if (sent === count) break;
  }
  await producer.close();
}

/** Rows a second of Spark's own source. */
async function rate(trial: Trial, round: number): Promise<number> {
  const spark = await startSpark(trial, {
    label: `rate${round}`,
    script: 'scripts/bench/big-data/rate.py',
    env: {
      ...{ RATE_ROWS: String(rows), RATE_BATCHES: String(batches) },
      CHECKPOINT_LOCATION: `file://${trial.folder}/rate${round}`,
    },
  });
  await finished(spark, deadline);
  const told = linesOfLog(spark, (line) => line.rows !== undefined).slice(warmUp);
  const milliseconds = told.reduce((sum, line) => sum + Number(line.milliseconds), 0);
  return (told.length * rows) / (milliseconds / 1000);
}

/** Rows a second of the job from the topic's start; of several queries the slower one's. */
async function backlog(trial: Trial, label: string, queries: readonly string[]): Promise<number> {
  const spark = await startSpark(trial, {
    label,
    env: {
      QUERIES: queries.join(','),
      MAX_OFFSETS_PER_TRIGGER: String(rows),
      TRIGGER_SECONDS: '1',
      CHECKPOINT_LOCATION: `file://${trial.folder}/${label}`,
    },
  });
  const told = (query: string) => linesOfLog(spark, (line) => line.msg === 'batch' && line.query === query);
  const read = (query: string) => told(query).reduce((sum, line) => sum + Number(line.read), 0);
  await until(() => spark.state() !== undefined || queries.every((query) => read(query) >= rows * batches), {
    deadline,
    what: `${label} has read all`,
    every: 500,
  });
  if (spark.state() !== undefined) throw new Error(`${label} ended:\n${lastWords(spark)}`);
  await spark.stop(100_000);
  const rates = queries.map((query) => {
    const lines = told(query);
    const from = Date.parse(String(lines[warmUp - 1]?.time));
    const counted = lines.slice(warmUp).reduce((sum, line) => sum + Number(line.read), 0);
    return counted / ((Date.parse(String(lines.at(-1)?.time)) - from) / 1000);
  });
  return Math.min(...rates);
}

function linesOfLog(
  spark: RunningSpark,
  wanted: (line: Readonly<Record<string, unknown>>) => boolean,
): Readonly<Record<string, unknown>>[] {
  const lines = spark.log().split('\n');
  return lines
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(wanted);
}

/** Milliseconds from sending single events through the gateway until their rows can be read, in their order. */
async function latencies(trial: Trial, { cassandra }: BigDataServices): Promise<number[]> {
  const gateway = await startGateway(trial);
  const checkpoint = `file://${trial.folder}/latency`;
  const spark = await startSpark(trial, {
    label: 'latency',
    env: { CHECKPOINT_LOCATION: checkpoint, MAX_OFFSETS_PER_TRIGGER: '50000' },
  });
  const generator = start({
    name: 'generator',
    command: [
      ...[process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'scripts/generate.ts')],
      ...['--url', gateway.url, '--rate', '50', '--duration', '3600', '--steady'],
    ],
    env: { PATH: process.env.PATH ?? '' },
    cwd: root,
    logFile: join(trial.folder, 'generator.log'),
  });
  trial.keep(generator);
  const client = await connect(cassandra, 'reader');
  try {
    const lag = async () => {
      const text = await fetch(`${spark.metrics}/metrics`).then((answer) => answer.text());
      const lags = [...text.matchAll(/^storefront_lag_records\{.*\} (\S+)$/gm)].map(([, value]) =>
        Number(value),
      );
      return lags.length === 2 && lags.every((one) => one < 500);
    };
    await until(async () => spark.state() !== undefined || (await lag()), {
      deadline,
      what: 'the backlog is read',
      every: 1000,
    });
    const times: number[] = [];
    for (let probe = 0; probe < probes; probe += 1) {
      const [id, session] = [randomUUID(), randomUUID()];
      const at = new Date();
      const event = { id, type: 'view', occurredAt: at.toISOString(), session, customer: session };
      const begin = performance.now();
      const answer = await fetch(`${gateway.url}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...event, product: 'kettle-01', category: 'kitchen' }),
      });
      if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
      const hour = new Date(Math.floor(at.getTime() / 3_600_000) * 3_600_000);
      const query =
        'SELECT event_id FROM storefront.views WHERE hour = ? AND bucket = ? AND occurred_at = ? AND event_id = ?';
      const key = [hour, crc32(session) % 8, at, id];
      await until(async () => (await client.execute(query, key)).rows.length > 0, {
        deadline: 120_000,
        what: 'a row of the probe',
        every: 20,
      });
      times.push(performance.now() - begin);
      // Not in step with Spark's batches.
      await sleep(Math.random() * 1000);
    }
    return times.sort((a, b) => a - b);
  } finally {
    await client.shutdown();
    await generator.stop();
  }
}
