import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'cassandra-driver';
import { connectProducer } from '../../../apps/kit/kafka/index.ts';
import { startBigDataServices } from '../../../trial/big-data.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { lastWords } from '../../../trial/process/start.ts';
import { type Cassandra, connect } from '../../../trial/services/cassandra.ts';
import type { Kafka } from '../../../trial/services/kafka.ts';
import { killed, type RunningSpark, type SparkOptions, startSpark } from '../../../trial/services/spark.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { type UntilOptions, until } from '../../../trial/until.ts';
import { root } from '../../house/repository.ts';
import { metricOf } from '../metric-of.ts';
import type { Rows } from './expected-rows.ts';
import { kustomize } from './gateway-rig.ts';
import { assertSameRows, storedRows } from './stored-rows.ts';
import type { Sent } from './storefront-history.ts';

/** Kafka, Cassandra and what Spark needs, for one test file. */
export interface SparkRig {
  /** What Spark runs in. */
  readonly trial: Trial;
  /** The folder with the checkpoint of each query. */
  readonly checkpoints: string;
  /** What each driver is started with. */
  readonly spark?: SparkOptions;
  readonly kafka: Kafka;
  readonly cassandra: Cassandra;
  /** The administrator's. */
  readonly client: Client;
  readonly close: () => Promise<void>;
}

export const queries = ['events', 'windows'] as const;
export type Query = (typeof queries)[number];

/** As the overlay of kind has it: checkpoints on a claim, driver and executor in one. */
export async function openSparkRig(): Promise<SparkRig> {
  const trial = await openTrial(await renderSystem(root, kustomize, 'kind', 'big-data'), {
    say: (message) => process.stderr.write(`${message}\n`),
  });
  try {
    const { kafka, cassandra } = await startBigDataServices(trial);
    const client = await connect(cassandra);
    const close = async () => {
      await client.shutdown();
      await trial.close();
    };
    const checkpoints = join(trial.folder, 'spark-streaming-0', 'checkpoints');
    return { trial, checkpoints, kafka, cassandra, client, close };
  } catch (error) {
    await trial.close();
    throw error;
  }
}

/** Sends records past the gateway, in their order. */
export async function sendPast({ kafka }: SparkRig, sent: readonly Sent[]): Promise<void> {
  const producer = connectProducer({ brokers: [kafka.address], topic: 'events' }, 'test');
  try {
    for (let from = 0; from < sent.length; from += 1000) await producer.send(sent.slice(from, from + 1000));
  } finally {
    await producer.close();
  }
}

let runs = 0;

/** Starts the driver with its two queries, in batches that are small enough to be interrupted. */
export async function startQueries(
  { trial, spark }: SparkRig,
  options: SparkOptions = {},
): Promise<RunningSpark> {
  runs += 1;
  return startSpark(trial, {
    label: `run${runs}`,
    ...spark,
    ...options,
    env: { TRIGGER_SECONDS: '1', MAX_OFFSETS_PER_TRIGGER: '900', ...spark?.env, ...options.env },
  });
}

/** Waits until each query has read all that there is. */
export async function drained(spark: RunningSpark): Promise<void> {
  await untilOf(
    spark,
    async () => {
      if (!(await fetch(`${spark.metrics}/readyz`)).ok) return false;
      const lags = await Promise.all(
        queries.map((query) => metricOf(spark, 'storefront_lag_records', `query="${query}"`)),
      );
      return lags.every((lag) => lag === 0);
    },
    { deadline: 600_000, what: 'all is read' },
  );
}

/** Waits as `until` does, and no longer than the driver runs. */
export async function untilOf(
  spark: RunningSpark,
  look: () => Promise<boolean>,
  options: UntilOptions,
): Promise<void> {
  await until(async () => spark.state() !== undefined || (await look()), options);
  if (spark.state() !== undefined) throw new Error(`Spark ended:\n${lastWords(spark)}`);
}

/** The numbers of the batches of a query that are planned, and of those that are done. */
async function batchesOf(rig: SparkRig, query: Query): Promise<{ planned: number; done: number }> {
  const { checkpoints } = rig;
  const folder = (await readdir(checkpoints).catch(() => [])).find((name) => name.split('-')[0] === query);
  const newest = async (log: string) => {
    const names = await readdir(join(checkpoints, folder ?? '', log)).catch(() => []);
    return Math.max(-1, ...names.filter((name) => /^\d+$/.test(name)).map(Number));
  };
  const done = await newest('commits');
  return { planned: await newest('offsets'), done };
}

/** Waits until a query is in the middle of a batch, some batches after the one that it is at. */
export async function within(
  rig: SparkRig,
  spark: RunningSpark,
  query: Query,
  batches: number,
): Promise<void> {
  const begin = (await batchesOf(rig, query)).done;
  await untilOf(
    spark,
    async () => {
      const { planned, done } = await batchesOf(rig, query);
      return planned > done && done >= begin + batches;
    },
    { deadline: 400_000, what: `a batch of ${query}`, every: 5 },
  );
}

/** Ends the driver with SIGKILL while a query is in the middle of a batch. @returns the batch that was not done */
export async function killWithin(
  rig: SparkRig,
  spark: RunningSpark,
  query: Query,
  batches = 2,
): Promise<number> {
  await within(rig, spark, query, batches);
  await killed(spark);
  const { planned, done } = await batchesOf(rig, query);
  return planned > done ? planned : -1;
}

/** Ends the driver with SIGTERM while a query is in the middle of a batch. @returns that batch, and the last that is done */
export async function endWithin(
  rig: SparkRig,
  spark: RunningSpark,
  query: Query,
): Promise<{ readonly underWay: number; readonly done: number }> {
  await within(rig, spark, query, 2);
  const { planned: underWay } = await batchesOf(rig, query);
  const ended = await spark.stop(100_000);
  if (ended.status !== 0) throw new Error(`ended with ${ended.signal ?? ended.status}:\n${lastWords(spark)}`);
  return { underWay, done: (await batchesOf(rig, query)).done };
}

/** Compares every row and its time of writing with what is expected. */
export async function assertStored({ client }: SparkRig, expected: Rows): Promise<void> {
  assertSameRows(await storedRows(client), expected);
}
