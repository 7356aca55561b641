import { brokersOf, topicsOf } from '../graph/brokers.ts';
import { optionsOf } from '../graph/options.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

const topicKey = /(?:^|[._-])topics?$/i;

/** Topics that a service makes for itself, and those of other brokers. */
const otherTopics = /kafkasql|schemas?[._]|storage[._-]topic|mqtt|sns|pubsub|pulsar|nats|changelog/i;

/** A workload reads or writes a topic that its system does not declare. */
export const topicUnknown: Rule = {
  id: 'topic-unknown',
  severity: 'error',
  family: 'data systems',
  title: 'a workload names a topic that is not declared',
  *check({ model }) {
    for (const workload of model.workloads) {
      const topics = topicsOf(model, workload.namespace);
      const brokers = brokersOf(model, workload.namespace);
      if (topics === undefined || brokers === undefined) continue;
      const names = topics.map(({ name }) => name);
      for (const container of workload.containers) {
        for (const { key, value, object, path, by } of optionsOf(model, workload, container)) {
          if (!topicKey.test(key) || otherTopics.test(key)) continue;
          for (const topic of value.split(',').map((part) => part.trim())) {
            if (!/^[a-zA-Z][\w.-]*$/.test(topic) || names.includes(topic)) continue;
            const hint = didYouMean(topic, names);
            const effect = brokers.makesTopics
              ? 'brokers would make another topic of that name, which the other side does not use'
              : 'it would read nothing, and no write would be accepted';
            yield {
              object,
              path,
              message: `${workload.kind} ${workload.name} is told by ${by} of topic ${topic}, and declared are ${names.join(', ')}${hint}: ${effect}`,
              // Where brokers make topics by themselves, one that is not declared may be meant.
              ...(brokers.makesTopics && hint === '' ? { severity: 'warning' as const } : {}),
            };
          }
        }
      }
    }
  },
};
