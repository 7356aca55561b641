import * as assert from 'uvu/assert';
import type { Event } from '../../../apps/lambda/transaction/event.ts';
import { assertExactlyOnce } from '../../apps/lambda/exactly-once.ts';
import { lambdaImages } from '../images/lambda-images.ts';
import { faultsOf } from './faults.ts';
import { type SystemCluster, startSystemCluster } from './system-cluster.ts';
import { until } from './until.ts';

/** A cluster with one real node and all that lambda's pods need. */
export interface LambdaCluster extends SystemCluster {
  /** What Postgres answers, unadorned. */
  readonly query: (sql: string) => Promise<string>;
  /** How many transactions of the stream are stored; 0 while nobody answers. */
  readonly rows: () => Promise<number>;
  /** What can end under load, by what it is. */
  readonly faults: Readonly<Record<string, () => Promise<void>>>;
  /** Ends the stream, waits until all of it is stored, and compares the topic's events with the table's. */
  readonly assertExactlyOnce: () => Promise<void>;
}

/** Starts it, with the worker's image built by `npm run images` and the stand-ins for the others loaded. */
export async function startLambdaCluster(): Promise<LambdaCluster> {
  const cluster = await startSystemCluster({ system: 'lambda', namespace: 'dev', standIns: lambdaImages });
  const { shell } = cluster;
  const query = (sql: string) => shell(inPostgres(sql));
  const rows = async () =>
    Number(await query("SELECT count(*) FROM transactions WHERE source = 'stream'").catch(() => '0'));
  return {
    ...cluster,
    query,
    rows,
    faults: faultsOf(cluster),
    assertExactlyOnce: () => allOfTheTopicOnce({ shell, query, rows }),
  };
}

function inPostgres(sql: string): string {
  const psql = `psql --username=postgres --dbname=lambda --tuples-only --no-align --command="${sql}"`;
  return `kubectl exec lambda-postgres-0 -c postgres -n dev -- ${psql}`;
}

const columns = 'event_id, account_id, merchant, category, amount::text, currency, occurred_at';

async function allOfTheTopicOnce({
  shell,
  query,
  rows,
}: Pick<LambdaCluster, 'shell' | 'query' | 'rows'>): Promise<void> {
  await shell('kubectl scale deployment lambda-producer-stream --replicas=0 -n dev');
  await shell('kubectl wait --for=delete pod -l app=lambda-producer-stream -n dev --timeout=120s');
  const records = await shell(
    'kubectl exec kafka-0 -c kafka -n dev -- kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic transactions --from-beginning --timeout-ms 15000',
  );
  const lines = records.split('\n').filter((line) => line.startsWith('{'));
  const sent = new Map(
    lines.map((line) => JSON.parse(line) as Event).map((event) => [event.event_id, event]),
  );
  await until('all of it is stored', async () => assert.is(await rows(), sent.size), 480_000, 4000);
  const stored = await query(
    `SELECT row_to_json(t) FROM (SELECT ${columns} FROM transactions WHERE source = 'stream') t`,
  );
  assertExactlyOnce(
    [...sent.values()],
    stored
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event),
  );
  console.log(`${sent.size} events in the topic (${lines.length} records), each once in Postgres`);
}
