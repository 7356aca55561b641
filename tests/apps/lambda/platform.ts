import { Admin } from '@platformatic/kafka';
import pg from 'pg';
import { connectProducer } from '../../../apps/kit/kafka/index.ts';
import type { Event } from '../../../apps/lambda/transaction/event.ts';
import { generate, seeded } from '../../../apps/lambda/transaction/generate.ts';
import { type LambdaServices, startLambdaServices } from '../../../trial/lambda.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { finished } from '../../../trial/process/start.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import { type RunningWorker, startWorker } from '../../../trial/worker.ts';
import { root } from '../../house/repository.ts';

/** A lambda platform that runs for one test file: real broker, real database, its schema. */
export interface Platform {
  readonly trial: Trial;
  readonly services: LambdaServices;
  /** As the application's own login. */
  readonly query: <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;
  readonly admin: Admin;
  /** A topic of a test's own, whose events have ids of their own. */
  readonly newStream: (name: string, partitions?: number) => Promise<Stream>;
  readonly close: () => Promise<void>;
}

export interface Stream {
  readonly topic: string;
  /** Everything that was sent so far, each event once. */
  readonly sent: Event[];
  /** Records in the topic so far. */
  readonly records: () => number;
  /** Makes events and sends them. */
  readonly send: (count: number) => Promise<Event[]>;
  /** Sends texts as they are, each `times`. */
  readonly sendValues: (values: readonly string[], keys?: readonly string[]) => Promise<void>;
  readonly startConsumer: (options?: ConsumerOptions) => Promise<RunningWorker>;
  /** Waits until everything in the topic is stored, by the offsets in the database. */
  readonly drained: (deadline?: number) => Promise<void>;
  /** Sum of the stored offsets: records that the database has dealt with. */
  readonly stored: () => Promise<number>;
  /** The transactions of this stream in the database. */
  readonly events: () => Promise<Event[]>;
  /** Makes the topic anew, empty. */
  readonly makeAnew: () => Promise<void>;
}

export interface ConsumerOptions {
  readonly index?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The kustomize that the runner found. */
export const kustomize = process.env.KUSTOMIZE ?? 'kustomize';

/** Starts the platform as the overlay of kind has it. */
export async function openPlatform(): Promise<Platform> {
  const trial = await openTrial(await renderSystem(root, kustomize, 'kind', 'lambda'), {
    say: (message) => process.stderr.write(`${message}\n`),
  });
  try {
    return await fillPlatform(trial);
  } catch (error) {
    await trial.close();
    throw error;
  }
}

async function fillPlatform(trial: Trial): Promise<Platform> {
  const services = await startLambdaServices(trial);
  await finished(await startWorker(trial, { workload: 'Job/db-setup-job' }), 60_000);
  const pool = new pg.Pool({ ...services.login, max: 2 });
  pool.on('error', () => {});
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [services.kafka.address], retries: 10 });
  admin.on('error', () => {});
  const query = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    (await pool.query<Row>(text, values)).rows;
  return {
    trial,
    services,
    query,
    admin,
    async newStream(name, partitions = 6) {
      const topic = `test-${name}`;
      await makeTopic(admin, topic, partitions);
      return openStream(trial, services, query, admin, topic, partitions);
    },
    async close() {
      await pool.end().catch(() => {});
      await admin.close().catch(() => {});
      await trial.close();
    },
  };
}

/** A broker that is just up may refuse it for a moment, and one that is slow may have made it all the same. */
async function makeTopic(admin: Admin, topic: string, partitions: number): Promise<void> {
  const isThere = async () => (await admin.listTopics()).includes(topic);
  const make = async () => {
    await admin.createTopics({ topics: [topic], partitions, replicas: 1 });
    return true;
  };
  const made = () => make().catch(() => isThere().catch(() => false));
  await until(made, { deadline: 60_000, what: `the topic ${topic}`, every: 500 });
}

let runs = 0;

function openStream(
  trial: Trial,
  services: LambdaServices,
  query: Platform['query'],
  admin: Admin,
  topic: string,
  partitions: number,
): Stream {
  const sent: Event[] = [];
  const random = seeded(11);
  let records = 0;
  const sendValues = async (values: readonly string[], keys?: readonly string[]) => {
    const producer = connectProducer({ brokers: [services.kafka.address], topic }, 'test');
    for (let from = 0; from < values.length; from += 1000) {
      const batch = values.slice(from, from + 1000);
      await producer.send(
        batch.map((value, index) => ({ key: keys?.[from + index] ?? `key-${index}`, value })),
      );
      records += batch.length;
    }
    await producer.close();
  };
  const stored = async () => {
    const sum = 'SELECT coalesce(sum(next_offset), 0)::int AS stored FROM stream_offsets WHERE topic = $1';
    return (await query<{ stored: number }>(sum, [topic]))[0]?.stored ?? 0;
  };
  return {
    topic,
    sent,
    sendValues,
    stored,
    records: () => records,
    async send(count) {
      const events = Array.from({ length: count }, (_, index) =>
        generate(random, `${topic}-${sent.length + index}`, new Date(1_767_225_600_000 + index * 1000)),
      );
      sent.push(...events);
      await sendValues(
        events.map((event) => JSON.stringify(event)),
        events.map((event) => event.account_id),
      );
      return events;
    },
    startConsumer({ index = 0, env = {} } = {}) {
      runs += 1;
      // A topic and a group of the test's own: all else as the overlay has it.
      return startWorker(trial, {
        workload: 'Deployment/lambda-consumer',
        index,
        label: `run${runs}`,
        // And what a broker allows at least: whoever is killed is waited for so long.
        env: { KAFKA_TOPIC: topic, KAFKA_GROUP: topic, CONSUMER_SESSION_SECONDS: '6', ...env },
      });
    },
    async drained(deadline = 120_000) {
      await until(async () => (await stored()) === records, {
        deadline,
        what: `the last of ${records} records of ${topic}`,
      });
    },
    events: () =>
      query<Event & pg.QueryResultRow>(
        `SELECT event_id, account_id, merchant, category, amount::text, currency,
           to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS occurred_at
         FROM transactions WHERE event_id LIKE $1`,
        [`${topic}-%`],
      ),
    async makeAnew() {
      await admin.deleteTopics({ topics: [topic] });
      await until(
        () =>
          admin.createTopics({ topics: [topic], partitions, replicas: 1 }).then(
            () => true,
            () => false,
          ),
        { deadline: 60_000, what: `the topic ${topic} made anew`, every: 200 },
      );
      records = 0;
    },
  };
}
