import type { Cluster } from './cluster/cluster.ts';
import { getJson, kubectl } from './cluster/kubectl.ts';
import { answerOf, liveObjects } from './cluster/live.ts';
import { minutes, type Plan } from './plan/step.ts';
import { readyStep } from './ready/plan.ts';
import { accessSteps } from './restore/access.ts';
import { assumedSnapshot, claimsBeside, renewClaims, snapshotsOf, wholeBackup } from './restore/claims.ts';
import { savepointSteps } from './restore/savepoint.ts';
import { resumeStep, stopPlan } from './stop/plan.ts';
import { type Choice, inNamespaces } from './systems.ts';

/** What is brought back: the volumes of one backup, and the newest savepoint that is of use with them. */
export interface Restore {
  readonly namespace: string;
  /** The backup's name, which its snapshots carry as a label. */
  readonly from: string;
  /** Members of the ensemble, as the overlay has it. */
  readonly members: number;
  /** The job begins with nothing, whether or not there is a savepoint. */
  readonly withoutSavepoint: boolean;
  readonly deadline: number;
}

/**
 * Looks whether all is there, stops the system, makes its volumes anew from their snapshots, puts the savepoint on Flink's
 * claim, and starts it again. What can be known to fail fails before anything is stopped.
 */
export function restorePlan(cluster: Cluster, choice: Choice, engine: string, restore: Restore): Plan {
  const { context } = cluster;
  const { namespace, from, members, withoutSavepoint, deadline } = restore;
  const snapshots = snapshotsOf(context, namespace, from);
  const claims = getJson(context, ['persistentvolumeclaims'], namespace);
  const pods = getJson(context, ['pods'], namespace);
  const wanted = without(choice, 'revenue-job');
  const objects = wanted.systems.flatMap((system) => system.objects);
  const says = 'with one volume';
  const inEnsemble = [
    'exec',
    '--namespace',
    namespace,
    'zookeeper-0',
    '--container',
    'zookeeper',
    '--',
    'bash',
    '-c',
  ];
  return [
    {
      kind: 'ask',
      does: `Look whether every volume of ${from} can be had again`,
      asks: [snapshots, claims],
      leadsTo: (answers) => {
        const [cut = [], there = []] = answers.map((answer) => liveObjects([answer]));
        const lines = wholeBackup(from, cut);
        const beside = claimsBeside(cut, there).map((name) => `${name} goes: the backup does not have it`);
        return { commands: [], notes: [[...lines, ...beside].join('\n')] };
      },
      assumed: { says, answers: [answerOf([assumedSnapshot(from)]), answerOf([])] },
    },
    ...(withoutSavepoint ? [] : savepointSteps(context, namespace, from, 'look')),
    ...stopPlan({ ...cluster, host: { kind: 'other' } }, choice, engine, 'all'),
    {
      kind: 'ask',
      does: 'Make the volumes anew from their snapshots; what they hold now is gone',
      asks: [snapshots, claims, pods],
      leadsTo: (answers) => {
        const [cut = [], there = [], running = []] = answers.map((answer) => liveObjects([answer]));
        return { commands: renewClaims(context, namespace, cut, there, running) };
      },
      assumed: { says, answers: [answerOf([assumedSnapshot(from)]), answerOf([]), answerOf([])] },
    },
    {
      kind: 'run',
      does: 'Start the ensemble, without what Flink had noted in it',
      commands: [
        kubectl(context, [
          'scale',
          'statefulset/zookeeper',
          '--namespace',
          namespace,
          `--replicas=${members}`,
        ]),
        kubectl(
          context,
          ['rollout', 'status', 'statefulset/zookeeper', '--namespace', namespace, '--timeout=900s'],
          { deadline: minutes(16) },
        ),
        kubectl(context, [...inEnsemble, forgetFlink], { deadline: minutes(2) }),
      ],
    },
    ...savepointSteps(context, namespace, from, withoutSavepoint ? 'begin-with-nothing' : 'restore'),
    {
      kind: 'run',
      does: 'Let the next apply give the job to Flink again',
      commands: [
        kubectl(context, ['delete', 'job', 'revenue-job', '--namespace', namespace, '--ignore-not-found']),
      ],
    },
    ...inNamespaces(wanted.systems).map((one) => resumeStep(context, one.namespace, one.objects, 'stopped')),
    ...accessSteps(context, namespace, objects),
    readyStep(context, objects, deadline),
  ];
}

/** What the next apply makes is not waited for. */
function without(choice: Choice, job: string): Choice {
  const systems = choice.systems.map((system) => ({
    ...system,
    objects: system.objects.filter(({ kind, metadata }) => kind !== 'Job' || metadata.name !== job),
  }));
  return { ...choice, systems };
}

/** Its jobs there are of another time than the savepoint; a client that could not connect has removed nothing. */
export const forgetFlink = [
  'zk() { zkCli.sh -waitforconnection -server localhost:2181 "$@" 2>&1; }',
  'zk deleteall /flink',
  'case "$(zk ls / | tail -n 1)" in *flink*) exit 1;; "["*) ;; *) exit 1;; esac',
].join('; ');
