import { brokersOf, topicsOf } from '../graph/brokers.ts';
import { optionsOf } from '../graph/options.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

const topicKey = /(?:^|[._])topics?$/i;

/** A workload reads or writes a topic that its system does not declare. */
export const topicUnknown: Rule = {
  id: 'topic-unknown',
  severity: 'error',
  family: 'data systems',
  title: 'a workload names a topic that is not declared',
  *check({ model }) {
    for (const workload of model.workloads) {
      const topics = topicsOf(model, workload.namespace);
      if (topics === undefined || brokersOf(model, workload.namespace) === undefined) continue;
      const names = topics.map(({ name }) => name);
      for (const container of workload.containers) {
        for (const { key, value, object, path, by } of optionsOf(model, workload, container)) {
          if (!topicKey.test(key) || /KAFKASQL|SCHEMAS/i.test(key)) continue;
          for (const topic of value.split(',').map((part) => part.trim())) {
            if (!/^[a-zA-Z][\w.-]*$/.test(topic) || names.includes(topic)) continue;
            yield {
              object,
              path,
              message: `${workload.kind} ${workload.name} is told by ${by} of topic ${topic}, and declared are ${names.join(', ')}${didYouMean(topic, names)}: it would read nothing, or write where nobody reads`,
            };
          }
        }
      }
    }
  },
};
