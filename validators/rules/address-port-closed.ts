import type { Rule } from './rule.ts';

/** A workload is told to talk to a port that the Service, or the pod, does not have. */
export const addressPortClosed: Rule = {
  id: 'address-port-closed',
  severity: 'error',
  family: 'flows',
  title: 'an address names a port that its Service or pod does not have',
  *check({ flows }) {
    for (const { told, kind, reason, meant } of flows.deadEnds) {
      if (kind !== 'no-port') continue;
      const { workload, address, object, path, by } = told;
      yield {
        object,
        path,
        message:
          `${workload.kind} ${workload.name} is told by ${by} to talk to ${address.text}, and ${reason}` +
          `${meant === undefined ? '' : ` (did you mean "${meant}"?)`}: the connection would time out or be refused`,
      };
    }
  },
};
