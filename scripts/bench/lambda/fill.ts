/** Fills a topic with transactions: `fill.ts ADDRESS TOPIC COUNT`; the same rows as COPY text go to standard output. */
import { once } from 'node:events';
import { connectProducer } from '@plumbline/kit/kafka';
import { eventRow } from '../../../apps/lambda/transaction/event.ts';
import { generate, seeded } from '../../../apps/lambda/transaction/generate.ts';

const [address = '', topic = '', count = '0'] = process.argv.slice(2);
const producer = connectProducer({ brokers: [address], topic }, 'bench');
const random = seeded(1);
const at = Date.now();
for (let from = 0; from < Number(count); from += 2000) {
  const length = Math.min(2000, Number(count) - from);
  const events = Array.from({ length }, (_, index) =>
    generate(random, `bench-${from + index}`, new Date(at + from + index)),
  );
  const messages = events.map((event) => ({ key: event.account_id, value: JSON.stringify(event) }));
  await producer.send(messages);
  const lines = messages.map(({ value }) => {
    const row = eventRow(Buffer.from(value));
    return row.ok ? row.line : '';
  });
  if (!process.stdout.write(lines.join(''))) await once(process.stdout, 'drain');
}
await producer.close();
process.exit(0);
