import type { KubernetesObject } from '@plumbline/validators';
import { kubectl } from '../cluster/kubectl.ts';
import { minutes, type Plan } from '../plan/step.ts';

/**
 * Tells the brokers the passwords and rights of today: they lie in ZooKeeper, and came back as the backup has them. Who says a
 * newer password would be refused for good, the registry and the workers that are waited for among them.
 */
export function accessSteps(context: string, namespace: string, objects: readonly KubernetesObject[]): Plan {
  const job = objects.find(({ kind, metadata }) => kind === 'Job' && metadata.name === 'kafka-access');
  if (job === undefined) return [];
  const at = ['--namespace', namespace];
  return [
    {
      kind: 'run',
      does: 'Tell the brokers the passwords and rights of today',
      commands: [
        kubectl(context, ['rollout', 'status', 'statefulset/kafka', ...at, '--timeout=900s'], {
          deadline: minutes(16),
        }),
        kubectl(
          context,
          ['delete', 'job', job.metadata.name, ...at, '--ignore-not-found', '--timeout=120s'],
          {
            deadline: minutes(3),
          },
        ),
        kubectl(context, ['apply', '--filename', '-'], { input: `${JSON.stringify(job)}\n` }),
      ],
    },
  ];
}
