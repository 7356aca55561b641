import type { CronJob } from '../model/kubernetes.ts';
import type { Rule } from './rule.ts';

/** Minutes between two runs, for the schedules that say so plainly. */
function period(schedule: string): number | undefined {
  const every = /^\*\/(\d+) \* \* \* \*$/.exec(schedule.trim())?.[1];
  if (every !== undefined) return Number(every);
  return /^\d+ \* \* \* \*$/.test(schedule.trim()) ? 60 : undefined;
}

/** A CronJob that may not overlap runs longer than its period: runs are skipped without a word. */
export const deadlineAfterSchedule: Rule = {
  id: 'deadline-after-schedule',
  severity: 'warning',
  family: 'jobs',
  title: 'a run may last longer than the time to the next one',
  *check({ model }) {
    for (const { object } of model.workloads) {
      if (object.kind !== 'CronJob') continue;
      const { schedule = '', jobTemplate } = (object as unknown as CronJob).spec ?? {};
      const minutes = period(schedule);
      const deadline = jobTemplate?.spec?.activeDeadlineSeconds;
      if (minutes === undefined || deadline === undefined || deadline < minutes * 60) continue;
      yield {
        object,
        path: 'spec.jobTemplate.spec.activeDeadlineSeconds',
        message: `a run may last ${deadline} s and the next is due after ${minutes * 60} s: it would be skipped, or the two would overlap`,
      };
    }
  },
};
