import { randomUUID } from 'node:crypto';
import { table } from '@plumbline/validators';
import avro from 'avsc';
import { seeded } from '../../../apps/kit/index.ts';
import { connectTransactions } from '../../../apps/kit/kafka/index.ts';
import { newest } from '../../../apps/streaming/avro/schemas.ts';
import { framer } from '../../../apps/streaming/registry/index.ts';
import { type Order, openShop } from '../../../apps/streaming/shop/shop.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { startKafka } from '../../../trial/services/kafka.ts';
import { openTrial } from '../../../trial/trial.ts';
import type { BenchOptions } from '../../bench.ts';
import { median } from '../../lib/median.ts';
import { root } from '../../lib/root.ts';
import { repositoryTools } from '../../lib/tools.ts';
import { paired } from '../paired.ts';
import type { Part } from '../part.ts';

const orders = 200_000;
const batch = 1000;

/** Times orders that are encoded as Avro, beside the same bytes as they are, by the same producer in the same transactions. */
export async function benchProducer({ rounds, say }: BenchOptions): Promise<Part> {
  const tools = await repositoryTools(say);
  const trial = await openTrial(await renderSystem(root, tools.kustomize, 'kind', 'streaming'), {
    say,
    measures: true,
  });
  try {
    const kafka = await startKafka(trial);
    await kafka.makeTopics();
    const encode = framer<Order>(avro.Type.forSchema(JSON.parse(newest('order').text)), 1);
    const shop = openShop(1);
    const random = seeded(1);
    const made = Array.from({ length: orders }, (_, index) => shop.order(random, `o-${index}`, Date.now()));
    const bytes = made.map(encode);
    const keys = made.map(({ order_id }) => Buffer.from(order_id));
    /** Orders a second. */
    const time = async (value: (index: number) => Buffer) => {
      const producer = connectTransactions({ brokers: [kafka.address] }, randomUUID());
      try {
        const send = (from: number) =>
          producer.write(
            Array.from({ length: batch }, (_, index) => ({
              topic: 'orders',
              key: keys[from + index] as Buffer,
              value: value(from + index),
            })),
          );
        await send(0);
        const begun = performance.now();
        for (let from = 0; from < orders; from += batch) await send(from);
        return orders / ((performance.now() - begun) / 1000);
      } finally {
        await producer.close();
      }
    };
    const found = { plain: [] as number[], avro: [] as number[] };
    for (let round = 0; round <= rounds; round += 1) {
      const both = [
        async () => found.plain.push(await time((index) => bytes[index] as Buffer)),
        async () => found.avro.push(await time((index) => encode(made[index] as Order))),
      ];
      // Neither is always the one that comes first.
      for (const one of round % 2 === 0 ? both : both.reverse()) await one();
      const told = Object.entries(found).map(([name, all]) => `${name} ${Math.round(all.at(-1) ?? 0)}/s`);
      say(`round ${round} of ${rounds}: ${told.join(', ')}`);
      // The first one is that of the compilers, here and in the broker.
      if (round === 0) for (const all of Object.values(found)) all.length = 0;
    }
    const [plain, avroRate] = [median(found.plain), median(found.avro)];
    const { ratio, told } = paired(found.avro, found.plain);
    const shown = [
      ['', 'orders/s', 'ratio', ''],
      ['bytes', String(Math.round(plain)), '1.00', 'the same bytes, encoded before: the limit'],
      ['avro', String(Math.round(avroRate)), told, 'orders, encoded as they are written'],
    ];
    return {
      text: table(shown, [1, 2]).join('\n'),
      figures: [
        `producer=${ratio.toFixed(2)}`,
        `avro_orders_s=${Math.round(avroRate)}`,
        `bytes_orders_s=${Math.round(plain)}`,
      ],
    };
  } finally {
    await trial.close();
  }
}
