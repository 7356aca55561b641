import { readFile } from 'node:fs/promises';
import { connectProducer, type Message } from '../../../apps/kit/kafka/index.ts';

/**
 * Sends a file of events, one a line, by one of two ways, and prints the milliseconds that it took from the first to the
 * last acknowledgement: `client ADDRESS TOPIC FILE SIZE` by the producer client alone, one send of SIZE at a time as an
 * idempotent producer has to; `gateway URL - FILE SIZE` in requests of SIZE lines, four at a time.
 */
const [way = '', where = '', topic = '', file = '', size = ''] = process.argv.slice(2);
const most = Number(size);
const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
const parts = Array.from({ length: Math.ceil(lines.length / most) }, (_, index) =>
  lines.slice(index * most, (index + 1) * most),
);

async function byClient(): Promise<number> {
  const producer = connectProducer({ brokers: [where], topic }, 'bench');
  const batches: Message[][] = parts.map((part) =>
    part.map((value) => ({ key: (JSON.parse(value) as { session: string }).session, value })),
  );
  await producer.reach();
  const begin = performance.now();
  for (const batch of batches) await producer.send(batch);
  const took = performance.now() - begin;
  await producer.close();
  return took;
}

async function byGateway(): Promise<number> {
  const bodies = parts.map((part) => Buffer.from(`${part.join('\n')}\n`));
  const headers = { 'content-type': 'application/x-ndjson' };
  let next = 0;
  const send = async () => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const answer = await fetch(`${where}/events`, { method: 'POST', headers, body });
      const text = await answer.text();
      if (answer.status !== 202) throw new Error(`${answer.status}: ${text}`);
    }
  };
  const begin = performance.now();
  await Promise.all([send(), send(), send(), send()]);
  return performance.now() - begin;
}

const milliseconds = way === 'client' ? await byClient() : await byGateway();
process.stdout.write(`${milliseconds}\n`);
process.exit(0);
