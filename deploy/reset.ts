import { applySteps } from './apply/plan.ts';
import type { Cluster } from './cluster/cluster.ts';
import { kubectl } from './cluster/kubectl.ts';
import { ownNamespaces } from './cluster/ownership.ts';
import { minutes, type Plan, type Step } from './plan/step.ts';
import { readyStep } from './ready/plan.ts';
import { type Choice, inNamespaces } from './systems.ts';

/** Fresh data without a new cluster: pods end at once, claims go with what they hold, and everything starts again. */
export function resetPlan({ context }: Cluster, choice: Choice, deadline: number): Plan {
  return [
    ownNamespaces(context, choice.systems),
    ...inNamespaces(choice.systems).flatMap(({ namespace }) => wipe(context, namespace)),
    ...applySteps(context, choice, []),
    readyStep(
      context,
      choice.systems.flatMap(({ objects }) => objects),
      deadline,
    ),
  ];
}

function wipe(context: string, namespace: string): Step[] {
  const of = ['--all', '--namespace', namespace];
  return [
    {
      kind: 'run',
      does: `End what runs in ${namespace}, at once`,
      commands: [
        // Their controllers go first, or they would make the pods anew.
        kubectl(context, [
          'delete',
          'cronjobs,jobs,deployments,replicasets,statefulsets',
          ...of,
          '--wait=false',
        ]),
        kubectl(context, ['delete', 'pods', ...of, '--force', '--grace-period=0', '--timeout=120s'], {
          deadline: minutes(3),
        }),
      ],
    },
    {
      kind: 'run',
      does: `Wipe the data of ${namespace}`,
      commands: [
        kubectl(context, ['delete', 'persistentvolumeclaims', ...of, '--timeout=180s'], {
          deadline: minutes(4),
        }),
      ],
    },
  ];
}
