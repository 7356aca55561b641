import { configurationUses } from '../model/uses.ts';
import { generated } from './missing-configuration.ts';
import { isReplaced } from './replaced.ts';
import type { Rule } from './rule.ts';

/** A Job names a generated ConfigMap or Secret: its template changes with the content, and a Job's template cannot. */
export const jobReapplied: Rule = {
  id: 'job-reapplied',
  severity: 'error',
  family: 'jobs',
  title: 'a Job cannot be applied a second time',
  *check({ model }) {
    for (const workload of model.workloads) {
      if (workload.kind !== 'Job' || isReplaced(workload.object)) continue;
      const seen = new Set<string>();
      for (const { kind, name, path } of configurationUses(workload)) {
        if (!generated.test(name) || seen.has(`${kind} ${name}`)) continue;
        seen.add(`${kind} ${name}`);
        yield {
          object: workload.object,
          path,
          message:
            `it names the generated ${kind} ${name}: once the content changes, applying it again is refused (a Job's template is immutable); ` +
            'give the generator disableNameSuffixHash',
        };
      }
    }
  },
};
