import { type Option, optionsOf } from '../graph/options.ts';
import type { Workload } from '../model/workload.ts';
import type { Rule } from './rule.ts';

/** Settings that list every member, by name. */
const everyMember =
  /(?:quorum[._]voters|zoo_servers|initial[._-]cluster|cluster[._]initial[._]master[._]nodes)$|^server\.\d+$/i;
/** Settings that name some members, to find the others by. */
const someMembers =
  /(?:quorum[._]bootstrap[._]servers|discovery[._]seed[._]hosts|seed[._]provider.*seeds|^seeds)$/i;

/** The ordinals of a workload's own pods that a text names. */
function ordinalsIn(text: string, { name }: Workload): number[] {
  const own = new RegExp(`(?<![\\w-])${name.replaceAll('.', '\\.')}-(\\d+)(?![\\w-])`, 'g');
  return [...text.matchAll(own)].map(([, ordinal]) => Number(ordinal));
}

interface Group {
  readonly members: Set<number>;
  /** What each line of ZooKeeper's stands for; more than one where a number stands twice. */
  readonly keys: Map<string, readonly string[]>;
  readonly whole: boolean;
  readonly option: Option;
}

function list(workload: Workload, ordinals: readonly number[]): string {
  return ordinals.map((ordinal) => `${workload.name}-${ordinal}`).join(', ');
}

/** The members that a StatefulSet's own configuration lists are not the pods that it has. */
export const quorumIncomplete: Rule = {
  id: 'quorum-incomplete',
  severity: 'error',
  family: 'data systems',
  title: 'a quorum lists other members than the StatefulSet has pods',
  *check({ model }) {
    for (const workload of model.workloads) {
      if (workload.kind !== 'StatefulSet') continue;
      const start =
        (workload.object.spec as { ordinals?: { start?: number } } | undefined)?.ordinals?.start ?? 0;
      const { max } = workload.replicas;
      const pods = Array.from({ length: max }, (_, index) => start + index);
      const said = new Set<string>();
      for (const container of workload.containers.filter(({ role }) => role === 'main')) {
        const groups = new Map<string, Group>();
        for (const option of optionsOf(model, workload, container)) {
          const whole = everyMember.test(option.key);
          if (!whole && !someMembers.test(option.key)) continue;
          // ZooKeeper's members stand in a line each.
          const key = `${option.by} ${/^server\.\d+$/.test(option.key) ? 'server' : option.key}`;
          const group = groups.get(key) ?? { members: new Set<number>(), keys: new Map(), whole, option };
          if (/^server\.\d+$/.test(option.key)) {
            const others = group.keys.get(option.key);
            group.keys.set(option.key, [...(others ?? []), option.value]);
          }
          for (const ordinal of ordinalsIn(option.value, workload)) group.members.add(ordinal);
          groups.set(key, group);
        }
        for (const { members, keys, whole, option } of groups.values()) {
          const twice = [...keys].find(([, values]) => values.length > 1);
          if (twice !== undefined) {
            const [key, values] = twice;
            const message = `${option.by} says ${key} more than once (${values.join(', ')}): the last line counts, and StatefulSet ${workload.name} is short of a member`;
            if (!said.has(message)) yield { object: option.object, path: option.path, message };
            said.add(message);
            continue;
          }
          const beyond = [...members].filter((ordinal) => !pods.includes(ordinal));
          const left = whole ? pods.filter((ordinal) => !members.has(ordinal)) : [];
          if (members.size === 0 || (beyond.length === 0 && left.length === 0)) continue;
          const { object, path, by } = option;
          const message =
            `${by} lists ${members.size} ${members.size === 1 ? 'member' : 'members'}, and StatefulSet ${workload.name} has ${max} ${max === 1 ? 'pod' : 'pods'}: ` +
            [
              ...(beyond.length > 0 ? [`${list(workload, beyond)} would never come`] : []),
              ...(left.length > 0
                ? [`${list(workload, left)} would not be ${left.length === 1 ? 'a member' : 'members'}`]
                : []),
            ].join(', and ');
          if (said.has(message)) continue;
          said.add(message);
          yield { object, path, message };
        }
      }
    }
  },
};
