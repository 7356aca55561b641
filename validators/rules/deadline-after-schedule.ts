import type { CronJob } from '../model/kubernetes.ts';
import { own } from '../own.ts';
import { parseSchedule, type Schedule, shortestGap } from './cron.ts';
import type { Rule } from './rule.ts';

function read(text: string): Schedule | undefined {
  try {
    return parseSchedule(text);
  } catch {
    return undefined;
  }
}

/** A run may take longer than the time to the next: runs are skipped, replaced, or lie on top of each other. */
export const deadlineAfterSchedule: Rule = {
  id: 'deadline-after-schedule',
  severity: 'warning',
  family: 'jobs',
  title: 'a run may last longer than the time to the next one',
  *check({ model }) {
    for (const { object } of model.workloads) {
      if (object.kind !== 'CronJob') continue;
      const {
        schedule = '',
        jobTemplate,
        concurrencyPolicy = 'Allow',
      } = (object as unknown as CronJob).spec ?? {};
      const deadline = jobTemplate?.spec?.activeDeadlineSeconds;
      const parsed = deadline === undefined ? undefined : read(schedule);
      const gap = parsed === undefined ? undefined : shortestGap(parsed);
      if (gap === undefined || deadline === undefined || deadline < gap) continue;
      const effects: Readonly<Record<string, string>> = {
        Forbid: 'that one would be skipped',
        Replace: 'it would be killed for that one',
        Allow: 'the two would run side by side',
      };
      yield {
        object,
        path: 'spec.jobTemplate.spec.activeDeadlineSeconds',
        message: `a run may last ${deadline} s, and by "${schedule}" the next may be due after ${gap} s: ${own(effects, concurrencyPolicy) ?? effects.Allow}`,
      };
    }
  },
};
