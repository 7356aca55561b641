import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

/** A CronJob's time zone is none that there is. */
export const timeZoneUnknown: Rule = {
  id: 'time-zone-unknown',
  severity: 'error',
  family: 'jobs',
  title: "a CronJob's time zone does not exist",
  *check({ model }) {
    for (const { object } of model.workloads) {
      const { timeZone } = (object.spec ?? {}) as { timeZone?: string };
      if (object.kind !== 'CronJob' || timeZone === undefined) continue;
      try {
        new Intl.DateTimeFormat('en', { timeZone });
      } catch {
        yield {
          object,
          path: 'spec.timeZone',
          message: `there is no time zone ${timeZone}${didYouMean(timeZone, [...Intl.supportedValuesOf('timeZone'), 'Etc/UTC', 'UTC'])}: the API server would refuse it`,
        };
      }
    }
  },
};
