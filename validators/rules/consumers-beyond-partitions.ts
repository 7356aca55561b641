import { topicsOf } from '../graph/brokers.ts';
import { optionsOf } from '../graph/options.ts';
import type { Rule } from './rule.ts';

/** More consumers of a group than its topic has partitions: those beyond do nothing. */
export const consumersBeyondPartitions: Rule = {
  id: 'consumers-beyond-partitions',
  severity: 'error',
  family: 'data systems',
  title: 'a group has more consumers than its topic has partitions',
  *check({ model }) {
    for (const workload of model.workloads) {
      const topics = topicsOf(model, workload.namespace) ?? [];
      for (const container of workload.containers.filter(({ role }) => role === 'main')) {
        const options = optionsOf(model, workload, container);
        if (!options.some(({ key }) => /GROUP(?:_ID)?$/i.test(key))) continue;
        for (const { key, value, object, path, by } of options) {
          const topic = topics.find(({ name }) => name === value);
          if (!/topics?$/i.test(key) || topic === undefined || workload.replicas.max <= topic.partitions)
            continue;
          yield {
            object,
            path,
            message: `${workload.kind} ${workload.name} may have ${workload.replicas.max} pods that read ${value} (${by}), which has ${topic.partitions} partitions: the rest would read nothing`,
          };
        }
      }
    }
  },
};
