import { brokersOf } from '../graph/brokers.ts';
import { optionsOf } from '../graph/options.ts';
import type { Rule } from './rule.ts';

const replication = /(?:^|[._])replication[._]factor$/i;
const insync = /(?:^|[._])(?:min[._]insync[._]replicas|min[._]isr)$/i;

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
        const options = optionsOf(model, workload, container);
        const factors = options.filter(({ key, value }) => replication.test(key) && /^\d+$/.test(value));
        for (const { key, value, object, path, by } of options) {
          if (!/^\d+$/.test(value) || seen.has(`${object.kind} ${object.metadata.name} ${path} ${key}`))
            continue;
          const number = Number(value);
          const names = `${brokers.kind} ${brokers.name} has ${brokers.replicas.max} ${brokers.replicas.max === 1 ? 'broker' : 'brokers'}`;
          if (replication.test(key) && number > brokers.replicas.max) {
            seen.add(`${object.kind} ${object.metadata.name} ${path} ${key}`);
            yield {
              object,
              path,
              message: `${key} is ${number} (${by}), and ${names}: no topic could be made`,
            };
          }
          if (!insync.test(key)) continue;
          const least = Math.min(brokers.replicas.max, ...factors.map((factor) => Number(factor.value)));
          if (number > least) {
            seen.add(`${object.kind} ${object.metadata.name} ${path} ${key}`);
            yield {
              object,
              path,
              message: `${key} is ${number} (${by}), and a topic has ${least} replicas (${names}): no write with acks=all would be accepted`,
            };
          }
        }
      }
    }
  },
};
