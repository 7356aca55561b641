import { joinPath } from '../model/workload.ts';
import type { Rule } from './rule.ts';

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The longest time that a command is told to sleep at once. */
function sleeps(command: readonly string[]): number {
  const times = [...command.join(' ').matchAll(/\bsleep\s+(\d+(?:\.\d+)?)([smhd]?)(?![\w.])/g)];
  return Math.max(0, ...times.map(([, number = '0', unit = '']) => Number(number) * (units[unit] ?? 1)));
}

/** A pod's grace period ends before its own preStop hook does. */
export const graceTooShort: Rule = {
  id: 'grace-too-short',
  severity: 'error',
  family: 'probes',
  title: 'the grace period ends before the preStop hook does',
  *check({ model }) {
    for (const { object, pod, containers, templatePath } of model.workloads) {
      const grace = pod.terminationGracePeriodSeconds ?? 30;
      for (const { name, spec, path } of containers) {
        const hook = spec.lifecycle?.preStop;
        const seconds = hook?.sleep?.seconds ?? sleeps(hook?.exec?.command ?? []);
        if (seconds === 0 || seconds < grace) continue;
        const set = pod.terminationGracePeriodSeconds !== undefined;
        yield {
          object,
          path: set
            ? joinPath(templatePath, 'spec.terminationGracePeriodSeconds')
            : joinPath(path, 'lifecycle.preStop'),
          message: `container ${name} sleeps ${seconds} s in preStop, and the pod has ${grace} s to end${set ? '' : ' (the default)'}: it would be killed before it could shut down`,
        };
      }
    }
  },
};
