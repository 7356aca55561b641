import { type Option, optionsOf } from '../graph/options.ts';
import { own } from '../own.ts';
import { formatBytes, readQuantity } from '../room/quantity.ts';
import type { Rule } from './rule.ts';

/** A size as JVMs, databases and Redis write it: `512m`, `1g`, `256MB`, `1073741824`. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim());
  if (match === null) return undefined;
  return Number(match[1]) * 1024 ** ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase());
}

interface Demand {
  readonly what: string;
  readonly bytes: number;
  /** What the process needs beside it, at the least, as a share of it. */
  readonly beside: number;
}

/** Settings that reserve memory by themselves, by their key. */
const sizes: Readonly<Record<string, { readonly beside: number; readonly unit?: number }>> = {
  MAX_HEAP_SIZE: { beside: 0.25 },
  ZK_SERVER_HEAP: { beside: 0.1, unit: 2 ** 20 },
  SPARK_DAEMON_MEMORY: { beside: 0.1 },
  GOMEMLIMIT: { beside: 0 },
  innodb_buffer_pool_size: { beside: 0.1 },
  'innodb-buffer-pool-size': { beside: 0.1 },
  shared_buffers: { beside: 0.1 },
  maxmemory: { beside: 0.1 },
  'jobmanager.memory.process.size': { beside: 0 },
  'taskmanager.memory.process.size': { beside: 0 },
};

function last(text: string, pattern: RegExp): string | undefined {
  return [...text.matchAll(pattern)].at(-1)?.[1];
}

/** What one setting makes a process take of a container with so much memory. */
function demandsOf({ key, value }: Pick<Option, 'key' | 'value'>, limit: number): Demand[] {
  const demands: Demand[] = [];
  // Most settings are about nothing of the kind.
  if (own(sizes, key) === undefined && !/-X|max|memory/i.test(value)) return demands;
  const heap = last(value, /-Xmx(\d+[kmgt]?)\b/gi);
  const share = last(value, /-XX:MaxRAMPercentage=(\d+(?:\.\d+)?)/g);
  const direct = last(value, /-XX:MaxDirectMemorySize=(\d+[kmgt]?)\b/gi);
  const beyond = parseSize(direct ?? '') ?? 0;
  const and = direct === undefined ? '' : ` and ${direct} of direct memory`;
  if (heap !== undefined)
    demands.push({ what: `-Xmx${heap}${and}`, bytes: (parseSize(heap) ?? 0) + beyond, beside: 0.1 });
  else if (share !== undefined)
    demands.push({
      what: `MaxRAMPercentage=${share}${and}`,
      bytes: (limit * Number(share)) / 100 + beyond,
      beside: 0.1,
    });
  // Node's is in MiB.
  const old = last(value, /--max[-_]old[-_]space[-_]size=(\d+)/g);
  if (old !== undefined)
    demands.push({ what: `a heap of ${old}Mi`, bytes: Number(old) * 2 ** 20, beside: 0.1 });
  const redis = last(value, /--maxmemory[ =](\d+[kmg]?b?)\b/gi);
  if (redis !== undefined)
    demands.push({ what: `maxmemory ${redis}`, bytes: parseSize(redis) ?? 0, beside: 0.1 });
  const size = own(sizes, key);
  if (size !== undefined) {
    const bytes = (parseSize(value) ?? 0) * (size.unit ?? 1);
    demands.push({ what: `${key} ${value}`, bytes, beside: size.beside });
  }
  for (const [, name = '', amount = ''] of value.matchAll(
    /-D((?:job|task)manager\.memory\.process\.size)=(\w+)/g,
  )) {
    demands.push({ what: `${name} ${amount}`, bytes: parseSize(amount) ?? 0, beside: 0 });
  }
  return demands;
}

/** A process is told to take more memory than its container may have: the kernel would kill it. */
export const memoryBeyondLimit: Rule = {
  id: 'memory-beyond-limit',
  severity: 'error',
  family: 'room',
  title: "a process's own memory settings exceed its container's limit",
  *check({ model }) {
    for (const workload of model.workloads) {
      for (const container of workload.containers) {
        const limit = container.spec.resources?.limits?.memory;
        const most = readQuantity(limit);
        if (most === undefined) continue;
        const field = container.spec.args === undefined ? 'command' : 'args';
        const line: Option = {
          container,
          key: '',
          value: [...(container.spec.command ?? []), ...(container.spec.args ?? [])].join(' '),
          object: workload.object,
          path: `${container.path}.${field}`,
          by: `${field} of container ${container.name}`,
        };
        // A flag is part of the command line.
        const options = optionsOf(model, workload, container).filter(({ by }) => !by.startsWith('flag '));
        for (const option of [...options, line]) {
          for (const { what, bytes, beside } of demandsOf(option, most)) {
            if (bytes * (1 + beside) <= most) continue;
            const whole = bytes >= most;
            yield {
              object: option.object,
              path: option.path,
              message:
                `${option.by} of ${workload.kind} ${workload.name} says ${what}, and container ${container.name} is limited to ${limit}` +
                `${beside > 0 ? ` (beside it the process needs about ${formatBytes(bytes * beside)})` : ''}: ` +
                `the kernel would kill it ${whole ? 'before that is full' : 'once that is full'}`,
              ...(whole ? {} : { severity: 'warning' as const }),
            };
          }
        }
      }
    }
  },
};
