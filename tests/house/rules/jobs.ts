import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import { writtenName } from '../../../facts/index.ts';
import { type HouseRule, type Violation, violation } from '../violation.ts';

/** A Job can be applied twice: nothing in it changes by itself, it stays after its end, and it ends. */
export const jobsRunTwice: HouseRule = ({ objects }) =>
  objects
    .filter(({ kind }) => kind === 'Job')
    .flatMap((object) => {
      const { spec } = object as unknown as IJob;
      const found: Violation[] = [];
      for (const [path, text] of texts(spec?.template, 'spec.template')) {
        if (writtenName(text) !== text) found.push(violation(object, path, `${text} is a generated name`));
      }
      if (spec?.ttlSecondsAfterFinished !== undefined) {
        found.push(
          violation(object, 'spec.ttlSecondsAfterFinished', 'an apply after it would run the Job again'),
        );
      }
      for (const field of ['backoffLimit', 'activeDeadlineSeconds'] as const) {
        if (spec?.[field] === undefined) found.push(violation(object, 'spec', `there is no ${field}`));
      }
      return found;
    });

/** A CronJob says whose midnight it means, and each run ends before the next begins. */
export const cronJobsEnd: HouseRule = ({ objects }) =>
  objects
    .filter(({ kind }) => kind === 'CronJob')
    .flatMap((object) => {
      const { spec } = object as unknown as ICronJob;
      const found: Violation[] = [];
      if (spec?.timeZone !== 'Etc/UTC') found.push(violation(object, 'spec.timeZone', 'it must be Etc/UTC'));
      const job = spec?.jobTemplate.spec;
      if (job?.backoffLimit === undefined) {
        found.push(violation(object, 'spec.jobTemplate.spec', 'there is no backoffLimit'));
      }
      const deadline = job?.activeDeadlineSeconds;
      const period = periodOf(spec?.schedule ?? '');
      if (deadline === undefined) {
        found.push(violation(object, 'spec.jobTemplate.spec', 'there is no activeDeadlineSeconds'));
      } else if (period === undefined || deadline >= period) {
        const message = `${deadline} s is not below the schedule ${spec?.schedule}`;
        found.push(violation(object, 'spec.jobTemplate.spec.activeDeadlineSeconds', message));
      }
      return found;
    });

/** The seconds between two runs of a schedule; undefined for one of a form that nobody uses here. */
export function periodOf(schedule: string): number | undefined {
  const [minute = '', hour = '', ...days] = schedule.split(' ');
  if (days.join(' ') !== '* * *') return undefined;
  const every = (field: string) => /^\*\/(\d+)$/.exec(field)?.[1];
  if (minute === '*' && hour === '*') return 60;
  if (every(minute) !== undefined && hour === '*') return Number(every(minute)) * 60;
  if (!/^\d+$/.test(minute)) return undefined;
  if (hour === '*') return 3600;
  if (every(hour) !== undefined) return Number(every(hour)) * 3600;
  return /^\d+$/.test(hour) ? 86_400 : undefined;
}

function texts(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((item, index) => texts(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => texts(item, `${path}.${key}`));
}
