import { type Option, optionsOf } from '../graph/options.ts';
import { formatBytes, parseQuantity } from '../room/quantity.ts';
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
  innodb_buffer_pool_size: { beside: 0.1 },
  'innodb-buffer-pool-size': { beside: 0.1 },
  shared_buffers: { beside: 0.1 },
  maxmemory: { beside: 0.1 },
  'jobmanager.memory.process.size': { beside: 0 },
  'taskmanager.memory.process.size': { beside: 0 },
};

function demandsOf({ key, value }: Option): Demand[] {
  const heap = [...value.matchAll(/-Xmx(\d+[kmgt]?)\b/gi)].at(-1)?.[1];
  const demands: Demand[] = [];
  if (heap !== undefined) demands.push({ what: `-Xmx${heap}`, bytes: parseSize(heap) ?? 0, beside: 0.1 });
  const size = sizes[key];
  if (size !== undefined) {
    const bytes = (parseSize(value) ?? 0) * (size.unit ?? 1);
    demands.push({ what: `${key} ${value}`, bytes, beside: size.beside });
  }
  for (const [, name = '', amount = ''] of value.matchAll(
    /-D(?:job|task)manager\.memory\.(process)\.size=(\w+)/g,
  )) {
    demands.push({ what: `${name} size ${amount}`, bytes: parseSize(amount) ?? 0, beside: 0 });
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
        if (limit === undefined) continue;
        const most = parseQuantity(limit);
        const command = [...(container.spec.command ?? []), ...(container.spec.args ?? [])].join(' ');
        const line: Option = {
          container,
          key: '',
          value: command,
          object: workload.object,
          path: `${container.path}.command`,
          by: 'its command',
        };
        for (const option of [...optionsOf(model, workload, container), line]) {
          for (const { what, bytes, beside } of demandsOf(option)) {
            if (bytes * (1 + beside) <= most) continue;
            yield {
              object: option.object,
              path: option.path,
              message:
                `${option.by} of ${workload.kind} ${workload.name} says ${what}, and container ${container.name} is limited to ` +
                `${limit}${beside > 0 ? ` (beside it the process needs about ${formatBytes(bytes * beside)})` : ''}: the kernel would kill it`,
            };
          }
        }
      }
    }
  },
};
