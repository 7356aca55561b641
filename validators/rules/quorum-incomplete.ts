import { optionsOf } from '../graph/options.ts';
import type { Rule } from './rule.ts';

/** The members that a StatefulSet's own configuration lists are not the pods that it has. */
export const quorumIncomplete: Rule = {
  id: 'quorum-incomplete',
  severity: 'error',
  family: 'data systems',
  title: 'a quorum lists other members than the StatefulSet has pods',
  *check({ model }) {
    for (const workload of model.workloads) {
      if (workload.kind !== 'StatefulSet') continue;
      for (const container of workload.containers.filter(({ role }) => role === 'main')) {
        const groups = new Map<
          string,
          { members: Set<number>; object: typeof workload.object; path: string; by: string }
        >();
        for (const { key, value, object, path, by } of optionsOf(model, workload, container)) {
          const list =
            /(?:quorum[._]voters|quorum[._]bootstrap[._]servers)$/i.test(key) || /^server\.\d+$/.test(key);
          if (!list) continue;
          const group = groups.get(by) ?? { members: new Set<number>(), object, path, by };
          for (const [, ordinal] of value.matchAll(new RegExp(`\\b${workload.name}-(\\d+)\\.`, 'g')))
            group.members.add(Number(ordinal));
          groups.set(by, group);
        }
        for (const { members, object, path, by } of groups.values()) {
          const { max } = workload.replicas;
          if (members.size === 0 || members.size === max) continue;
          yield {
            object,
            path,
            message: `${by} lists ${members.size} members, and StatefulSet ${workload.name} has ${max} replicas: ${members.size > max ? 'the quorum would wait for pods that never come' : 'the pods beyond would not be members'}`,
          };
        }
      }
    }
  },
};
