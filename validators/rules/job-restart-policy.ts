import { joinPath } from '../model/workload.ts';
import type { Rule } from './rule.ts';

/** A Job's pods may restart for ever, or a server's may not: the API server refuses both. */
export const jobRestartPolicy: Rule = {
  id: 'job-restart-policy',
  severity: 'error',
  family: 'jobs',
  title: "a workload's restartPolicy is not one that its kind allows",
  *check({ model }) {
    for (const { object, kind, pod, templatePath } of model.workloads) {
      const policy = pod.restartPolicy ?? 'Always';
      const job = kind === 'Job' || kind === 'CronJob';
      if (kind === 'Pod' || job !== (policy === 'Always')) continue;
      yield {
        object,
        path: joinPath(templatePath, 'spec.restartPolicy'),
        message: `restartPolicy is ${policy}, and a ${kind} takes ${job ? 'OnFailure or Never' : 'Always'}: the API server would refuse it`,
      };
    }
  },
};
