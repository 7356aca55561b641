import { kind } from '../choose.ts';
import { type Data, edit, inPods, type Operator } from '../mutant.ts';

/** Defects of the family jobs. */
export const jobs: readonly Operator[] = [
  {
    id: 'schedule broken',
    family: 'jobs',
    expects: ['schedule-wrong'],
    mutate: (objects) => edit(objects, kind('CronJob'), ['spec.schedule'], () => '*/5 * * *'),
  },
  {
    id: 'schedule that never fires',
    family: 'jobs',
    expects: ['schedule-wrong'],
    mutate: (objects) => edit(objects, kind('CronJob'), ['spec.schedule'], () => '0 0 31 2 *'),
  },
  {
    id: 'Job that restarts for ever',
    family: 'jobs',
    expects: ['job-restart-policy'],
    mutate: (objects) => edit(objects, kind('Job', 'CronJob'), inPods('restartPolicy'), () => 'Always'),
  },
  {
    id: 'deadline after the next run',
    family: 'jobs',
    expects: ['deadline-after-schedule'],
    mutate: (objects) =>
      edit(
        objects,
        (object) => object.kind === 'CronJob' && String((object.spec as Data).schedule).startsWith('*/'),
        ['spec.jobTemplate.spec.activeDeadlineSeconds'],
        () => 86_400,
      ),
  },
];
