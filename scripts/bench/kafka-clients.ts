import { join } from 'node:path';
import { Admin } from '@platformatic/kafka';
import { run, table } from '@plumbline/validators';
import { renderSystem } from '../../trial/overlay/system.ts';
import { startKafka } from '../../trial/services/kafka.ts';
import { openTrial } from '../../trial/trial.ts';
import type { Bench } from '../bench.ts';
import { median } from '../lib/median.ts';
import { root } from '../lib/root.ts';
import { repositoryTools } from '../lib/tools.ts';
import { partitions } from './kafka-clients/client.ts';

const count = 300_000;
const clients = ['kafkajs', 'platformatic-stream', 'platformatic-fetch'] as const;

interface Sample {
  readonly milliseconds: number;
  readonly cpu: number;
  readonly megabytes: number;
}

/**
 * Times Kafka clients on a real broker, each in a process of its own: 300,000 messages of 200 bytes in 12 partitions,
 * written with acks of all and read from the beginning without committing.
 */
export const benchKafkaClients: Bench = async ({ rounds, say }) => {
  const tools = await repositoryTools(say);
  const trial = await openTrial(await renderSystem(root, tools.kustomize, 'kind', 'lambda'), {
    say,
    measures: true,
  });
  try {
    const { address } = await startKafka(trial);
    const admin = new Admin({ clientId: 'bench', bootstrapBrokers: [address] });
    const produced = new Map<string, Sample[]>();
    const consumed = new Map<string, Sample[]>();
    const note = (into: Map<string, Sample[]>, client: string, sample: Sample) =>
      into.set(client, [...(into.get(client) ?? []), sample]);
    for (let round = 0; round <= rounds; round += 1) {
      const topic = `bench-${round}`;
      for (const client of clients) {
        const own = `${topic}-${client}`;
        await admin.createTopics({ topics: [own], partitions, replicas: 1 });
        // Two ways of one library to read; it writes in one.
        if (client === 'platformatic-fetch') continue;
        const sample = await time(client, 'produce', address, own);
        if (round > 0) note(produced, client, sample);
      }
      for (const client of clients) {
        const sample = await time(client, 'consume', address, `${topic}-kafkajs`);
        if (round > 0) note(consumed, client, sample);
      }
      say(`round ${round} of ${rounds}${round === 0 ? ', to warm up' : ''}`);
    }
    await admin.close();
    return report(produced, consumed);
  } finally {
    await trial.close();
  }
};

async function time(client: string, way: string, address: string, topic: string): Promise<Sample> {
  const script = join(root, 'scripts/bench/kafka-clients/one.ts');
  const args = ['--disable-warning=ExperimentalWarning', script, client, way, address, topic, String(count)];
  const ran = await run(process.execPath, args, { deadline: 5 * 60_000 });
  if (ran.status !== 0) throw new Error(`${client} ${way}: ${ran.stderr}`);
  return JSON.parse(ran.stdout.toString().trim().split('\n').at(-1) ?? '') as Sample;
}

function report(
  produced: ReadonlyMap<string, readonly Sample[]>,
  consumed: ReadonlyMap<string, readonly Sample[]>,
): string {
  const line = (way: string, client: string, samples: readonly Sample[]) => [
    way,
    client,
    Math.round(count / (median(samples.map(({ milliseconds }) => milliseconds)) / 1000)).toString(),
    Math.round(count / (median(samples.map(({ cpu }) => cpu)) / 1000)).toString(),
    Math.round(median(samples.map(({ megabytes }) => megabytes))).toString(),
  ];
  const rows = [
    ...[...produced].map(([client, samples]) => line('produce', client, samples)),
    ...[...consumed].map(([client, samples]) => line('consume', client, samples)),
  ];
  const figures = rows.map(([way, client, rate]) => `${way}_${client?.replace('-', '_')}=${rate}`).join(' ');
  const head = ['', 'client', 'messages/s', 'a CPU second', 'MiB'];
  return `${table([head, ...rows], [2, 3, 4]).join('\n')}\nbench kafka-clients ${figures}\n`;
}
