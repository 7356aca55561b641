import { joinPath } from '../model/workload.ts';
import { own } from '../own.ts';
import { readQuantity } from '../room/quantity.ts';
import type { Rule } from './rule.ts';

/** A container requests more than it may use. */
export const requestsAboveLimits: Rule = {
  id: 'requests-above-limits',
  severity: 'error',
  family: 'room',
  title: 'a container requests more than its limit',
  *check({ model }) {
    for (const { object, containers } of model.workloads) {
      for (const { name, spec, path } of containers) {
        const { requests = {}, limits = {} } = spec.resources ?? {};
        for (const [resource, request] of Object.entries(requests)) {
          const limit = own(limits, resource);
          const [asked, most] = [readQuantity(request), readQuantity(limit)];
          if (asked === undefined || most === undefined || asked <= most) continue;
          yield {
            object,
            path: joinPath(path, `resources.requests["${resource}"]`),
            message: `container ${name} requests ${resource} ${request} and is limited to ${limit}: the API server would refuse it`,
          };
        }
      }
    }
  },
};
