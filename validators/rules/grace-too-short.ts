import { joinPath } from '../model/workload.ts';
import type { Rule } from './rule.ts';

/** A pod's grace period ends before its own preStop hook does. */
export const graceTooShort: Rule = {
  id: 'grace-too-short',
  severity: 'error',
  family: 'probes',
  title: 'the grace period ends before the preStop hook does',
  *check({ model }) {
    for (const { object, pod, containers, templatePath } of model.workloads) {
      const grace = pod.terminationGracePeriodSeconds ?? 30;
      for (const { name, spec } of containers) {
        const hook = spec.lifecycle?.preStop;
        const slept = /\bsleep\s+(\d+)/.exec((hook?.exec?.command ?? []).join(' '))?.[1];
        const seconds = hook?.sleep?.seconds ?? (slept === undefined ? 0 : Number(slept));
        if (seconds === 0 || seconds < grace) continue;
        yield {
          object,
          path: joinPath(templatePath, 'spec.terminationGracePeriodSeconds'),
          message: `container ${name} sleeps ${seconds} s in preStop, and the pod has ${grace} s to end: it would be killed before it could shut down`,
        };
      }
    }
  },
};
