import type { Rule } from './rule.ts';

/** A workload is told to talk to a name that resolves to nothing. */
export const addressWithoutService: Rule = {
  id: 'address-without-service',
  severity: 'error',
  family: 'flows',
  title: 'an address names a Service or pod that is not there',
  *check({ flows }) {
    for (const { told, kind, reason, meant } of flows.deadEnds) {
      if (kind !== 'no-service') continue;
      const { workload, address, object, path, by } = told;
      yield {
        object,
        path,
        message:
          `${workload.kind} ${workload.name} is told by ${by} to talk to ${address.text}, and ${reason}` +
          `${meant === undefined ? '' : ` (did you mean "${meant}"?)`}: the name would not resolve`,
      };
    }
  },
};
