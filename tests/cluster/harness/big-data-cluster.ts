import * as assert from 'uvu/assert';
import type { ReceivedEvent } from '../../../apps/big-data/event/index.ts';
import { connect } from '../../../trial/services/cassandra.ts';
import { expectedRows } from '../../apps/big-data/expected-rows.ts';
import { assertSameRows, storedRows } from '../../apps/big-data/stored-rows.ts';
import { bigDataImages } from '../images/big-data-images.ts';
import { type SystemCluster, startSystemCluster } from './system-cluster.ts';
import { until } from './until.ts';

/** A cluster with one real node and all that big-data's pods need. */
export interface BigDataCluster extends SystemCluster {
  /** What cqlsh prints in Cassandra's pod. */
  readonly cqlsh: (statement: string) => Promise<string>;
  /** How many events are counted in windows; 0 while nobody answers. */
  readonly counted: () => Promise<number>;
  /** How many events the generator says were acknowledged, sent through a port-forward as the guide says. */
  readonly generate: (options: string) => Promise<number>;
  /** Waits until every row and its time of writing is what an independent count of the topic has. @returns its events, each once */
  readonly assertCounted: () => Promise<number>;
}

const namespace = 'big-data';

/** Starts it, with the images of gateway and Spark built by `npm run images` and the stand-ins for the others loaded. */
export async function startBigDataCluster(): Promise<BigDataCluster> {
  const cluster = await startSystemCluster({
    system: 'big-data',
    namespace,
    cluster: 'big-data',
    images: ['big-data-gateway', 'big-data-spark'],
    standIns: bigDataImages,
  });
  const { shell } = cluster;
  const cqlsh = (statement: string) =>
    shell(`kubectl exec cassandra-0 -n ${namespace} -- cqlsh -e "${statement}"`);
  return {
    ...cluster,
    cqlsh,
    async counted() {
      const told = await cqlsh('SELECT SUM(events) FROM storefront.activity_by_minute').catch(() => '');
      return Number(/^ +(\d+)$/m.exec(told)?.[1] ?? 0);
    },
    async generate(options) {
      const forward = await cluster.forward('svc/producer-gateway', 8000, 'tcp');
      try {
        const said = await shell(
          `npm run generate -- --url http://localhost:${forward.port} ${options} 2>&1`,
        );
        const told = /^made \d+, acknowledged (\d+)/m.exec(said)?.[1];
        assert.ok(told, said);
        return Number(told);
      } finally {
        forward.end();
      }
    },
    assertCounted: () => assertCounted(cluster),
  };
}

async function assertCounted(cluster: SystemCluster): Promise<number> {
  const records = await cluster.shell(
    `kubectl exec kafka-0 -n ${namespace} -- kafka-console-consumer.sh --bootstrap-server localhost:9092 --topic events --from-beginning --timeout-ms 15000`,
  );
  const events = records
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as ReceivedEvent);
  const expected = expectedRows(events);
  const credentials = await loginOf(cluster.shell);
  const forward = await cluster.forward('svc/cassandra', 9042, 'tcp');
  const client = await connect({ host: '127.0.0.1', port: forward.port, credentials: () => credentials });
  try {
    const look = async () => assertSameRows(await storedRows(client), expected);
    await until('every row is what the topic makes', look, 480_000, 5000);
  } finally {
    await client.shutdown();
    forward.end();
  }
  const once = new Set(events.map(({ id }) => id)).size;
  console.log(`${events.length} records in the topic, ${once} events, each once in Cassandra`);
  return once;
}

async function loginOf(shell: SystemCluster['shell']): Promise<{ username: string; password: string }> {
  const secret = JSON.parse(await shell(`kubectl get secret cassandra-secret -n ${namespace} -o json`)) as {
    readonly data: Readonly<Record<string, string>>;
  };
  const value = (key: string) => Buffer.from(secret.data[key] ?? '', 'base64').toString('utf8');
  return { username: value('ADMIN_USER'), password: value('ADMIN_PASSWORD') };
}
