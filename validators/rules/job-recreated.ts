import type { Job } from '../model/kubernetes.ts';
import { isReplaced } from './replaced.ts';
import type { Rule } from './rule.ts';

/** A Job deletes itself once it is done: what applies the target again makes it, and runs it, again. */
export const jobRecreated: Rule = {
  id: 'job-recreated',
  severity: 'warning',
  family: 'jobs',
  title: 'a Job that deletes itself runs again whenever the target is applied',
  *check({ model }) {
    for (const { object, kind } of model.workloads) {
      if (kind !== 'Job' || isReplaced(object)) continue;
      const seconds = (object as unknown as Job).spec?.ttlSecondsAfterFinished;
      if (seconds === undefined) continue;
      yield {
        object,
        path: 'spec.ttlSecondsAfterFinished',
        message:
          `it is deleted ${seconds} s after it ends, and whatever applies the target next (kubectl, a sync that heals itself) makes it and runs it again; ` +
          'leave the field out, or make it a hook',
      };
    }
  },
};
