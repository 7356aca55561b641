import type { Cluster } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';
import type { BuildableImage } from '../images/built.ts';
import type { Engine } from '../images/engine.ts';
import { buildSteps, loadSteps } from '../images/plan.ts';
import { minutes, type Plan } from '../plan/step.ts';
import { debugPod, laptopImage, podManifest } from './pod.ts';

export interface Debugging {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Another image than the one built here. */
  readonly image?: string | undefined;
  /** Undefined when the image is not to be built. */
  readonly build?: { readonly engine: Engine; readonly images: readonly BuildableImage[] } | undefined;
  /** The command to run instead of a shell. */
  readonly words: readonly string[];
  /** True when a person sits at a terminal. */
  readonly terminal: boolean;
  /** Leaves the pod when the command ends. */
  readonly keep: boolean;
}

/** A pod to look around from, a command or a shell in it, and nothing left behind. */
export function debugPlan(debugging: Debugging): Plan {
  const { cluster, namespace, build, image, words, terminal, keep } = debugging;
  const { context } = cluster;
  const at = ['--namespace', namespace];
  const loaded = cluster.host.kind !== 'other' && image === undefined;
  const pod = podManifest(namespace, image ?? laptopImage, loaded ? 'Never' : 'IfNotPresent');
  const shell = words.length === 0;
  const remove = kubectl(context, [
    'delete',
    'pod',
    debugPod,
    ...at,
    '--ignore-not-found',
    '--wait=true',
    '--timeout=60s',
  ]);
  return [
    ...(build === undefined
      ? []
      : [...buildSteps(build.engine, build.images), ...loadSteps(build.engine, cluster, build.images)]),
    { kind: 'run', does: `Remove an older debug pod from ${namespace}`, commands: [remove] },
    {
      kind: 'run',
      does: `Start a debug pod in ${namespace}`,
      commands: [
        kubectl(context, ['apply', '--filename', '-'], { input: `${JSON.stringify(pod, undefined, 2)}\n` }),
        kubectl(context, ['wait', '--for=condition=Ready', `pod/${debugPod}`, ...at, '--timeout=120s'], {
          deadline: minutes(3),
        }),
      ],
    },
    {
      kind: 'run',
      does: shell
        ? `A shell in ${namespace}: nc, curl, redis-cli, psql, mysql, cqlsh, kafka-topics.sh`
        : words.join(' '),
      commands: [
        kubectl(
          context,
          [
            'exec',
            ...(terminal ? ['--stdin', '--tty'] : []),
            ...at,
            debugPod,
            '--',
            ...(shell ? ['bash'] : words),
          ],
          // A shell ends with the status of its last command, which is nobody's failure.
          { interactive: true, deadline: 8 * minutes(60), attempts: 1, mayFail: shell },
        ),
      ],
    },
    ...(keep
      ? []
      : [{ kind: 'run' as const, does: 'Remove the debug pod', commands: [remove], always: true }]),
  ];
}
