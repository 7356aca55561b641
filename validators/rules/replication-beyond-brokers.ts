import { brokersOf, kafkaKey } from '../graph/brokers.ts';
import { type Option, optionsOf } from '../graph/options.ts';
import type { Rule } from './rule.ts';

const replication = /(?:^|[._])replication[._]factor$/i;
const insync = /(?:^|[._])(?:min[._]insync[._]replicas|min[._]isr)$/i;

/** True for a number of copies that is Kafka's: other systems replicate too, and call it the same. */
function isKafkas(key: string): boolean {
  return (
    /^(?:replication\.factor|REPLICATION_FACTOR|min\.insync\.replicas|MIN_INSYNC_REPLICAS|MIN_ISR)$/.test(
      key,
    ) ||
    /kafka|topic|offsets|transaction|default[._]replication|insync|min[._]isr|(?:config|status|offset)[._]storage|streams/i.test(
      key,
    )
  );
}

/** The number of copies that a least number in sync is of: the topic's own, or the one of Kafka's own topics. */
function factorOf(key: string, options: readonly Option[]): Option | undefined {
  const [, family] =
    /^(transaction\.state\.log|share\.coordinator\.state\.topic)\./.exec(kafkaKey(key)) ?? [];
  const own = options.filter((option) => replication.test(option.key));
  if (family !== undefined) return own.findLast((option) => kafkaKey(option.key).startsWith(family));
  return own.findLast(({ key: other }) =>
    /^(?:default\.)?replication\.factor$/.test(kafkaKey(other).toLowerCase().replaceAll('_', '.')),
  );
}

/** Kafka's settings ask for more copies than there are brokers, or for more of them in sync than there are copies. */
export const replicationBeyondBrokers: Rule = {
  id: 'replication-beyond-brokers',
  severity: 'error',
  family: 'data systems',
  title: 'a topic is to have more replicas than there are brokers',
  *check({ model }) {
    const seen = new Set<string>();
    for (const workload of model.workloads) {
      const brokers = brokersOf(model, workload.namespace);
      if (brokers === undefined) continue;
      for (const container of workload.containers) {
        const options = optionsOf(model, workload, container).filter(
          ({ key, value }) => isKafkas(key) && /^\d+$/.test(value),
        );
        // A topic's own number of copies, and that of those which are made without one.
        const factors = options.filter(
          ({ key }) => replication.test(key) && !/offsets|transaction|storage|changelog/i.test(key),
        );
        for (const { key, value, object, path, by } of options) {
          const place = `${object.kind} ${object.metadata.name} ${path} ${key}`;
          if (seen.has(place)) continue;
          const number = Number(value);
          if (replication.test(key) && number > brokers.count) {
            seen.add(place);
            yield {
              object,
              path,
              message: `${key} is ${number} (${by}), and ${brokers.described}: no topic could be made with it`,
            };
          }
          if (!insync.test(key)) continue;
          const least = Math.min(brokers.count, ...factors.map((factor) => Number(factor.value)));
          if (number > least) {
            seen.add(place);
            yield {
              object,
              path,
              message: `${key} is ${number} (${by}), and a topic has ${least} ${least === 1 ? 'replica' : 'replicas'} (${brokers.described}): no write with acks=all would be accepted`,
            };
            continue;
          }
          const factor = factorOf(key, options);
          if (number < 2 || Number(factor?.value) !== number) continue;
          seen.add(place);
          yield {
            object,
            path,
            severity: 'warning',
            message:
              `${key} is ${number} (${by}), as many as ${factor?.key} makes copies: ` +
              'while one broker is away, for an update or a drain, no write with acks=all would be accepted',
          };
        }
      }
    }
  },
};
