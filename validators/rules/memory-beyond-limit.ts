import { demandsOf } from '../graph/memory.ts';
import { formatBytes, readQuantity } from '../room/quantity.ts';
import type { Rule } from './rule.ts';

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
        for (const { what, bytes, beside, object, path, by } of demandsOf(model, workload, container, most)) {
          if (bytes * (1 + beside) <= most) continue;
          const whole = bytes >= most;
          // A process that was told of exactly its limit, with nothing beside it, fits.
          if (bytes === most && beside === 0) continue;
          yield {
            object,
            path,
            message:
              `${by} of ${workload.kind} ${workload.name} says ${what}, and container ${container.name} is limited to ${limit}` +
              `${beside > 0 ? ` (beside it the process needs about ${formatBytes(bytes * beside)})` : ''}: ` +
              `the kernel would kill it ${whole ? 'before that is full' : 'once that is full'}`,
            ...(whole ? {} : { severity: 'warning' as const }),
          };
        }
      }
    }
  },
};
