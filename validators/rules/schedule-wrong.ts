import type { CronJob } from '../model/kubernetes.ts';
import { daysOf, parseSchedule } from './cron.ts';
import type { Rule } from './rule.ts';

/** What is wrong with a cron schedule, or undefined for one that fires. */
export function scheduleMistake(text: string): string | undefined {
  try {
    const schedule = parseSchedule(text);
    if (schedule.kind === 'every' || daysOf(schedule).length > 0) return undefined;
    const [, , days, months] = text.trim().split(/\s+/);
    return `there is no day ${days} in month ${months}, so it would never run`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `${reason}; the API server would refuse it`;
  }
}

/** A CronJob's schedule does not parse, or never fires. */
export const scheduleWrong: Rule = {
  id: 'schedule-wrong',
  severity: 'error',
  family: 'jobs',
  title: 'a schedule does not parse, or never fires',
  *check({ model }) {
    for (const { object } of model.workloads) {
      if (object.kind !== 'CronJob') continue;
      const { schedule } = (object as unknown as CronJob).spec ?? {};
      const mistake = schedule === undefined ? undefined : scheduleMistake(schedule);
      if (mistake === undefined) continue;
      yield { object, path: 'spec.schedule', message: `"${schedule}" is no schedule: ${mistake}` };
    }
  },
};
