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
      if (kind === 'Pod' || pod.containers.length === 0 || job !== (policy === 'Always')) continue;
      const said = pod.restartPolicy === undefined ? 'left out, which is Always' : policy;
      yield {
        object,
        path: joinPath(templatePath, pod.restartPolicy === undefined ? 'spec' : 'spec.restartPolicy'),
        message: `restartPolicy is ${said}, and a ${kind} takes ${job ? 'OnFailure or Never' : 'Always'}: the API server would refuse it`,
      };
    }
  },
};
