import { hasFailed, isComplete } from '../apply/jobs.ts';
import { getJson, kubectl } from '../cluster/kubectl.ts';
import { answerOf, type LiveObject, liveObjects } from '../cluster/live.ts';
import { minutes, type Plan, seconds } from '../plan/step.ts';
import { assumedSnapshot, earliestCut, snapshotsOf } from './claims.ts';

/** What backup-flink's own pod is to do with the script that goes the other way. */
export type Errand =
  /** Look whether there is a savepoint that is of use; touches nothing. */
  | 'look'
  /** Put it on Flink's claim. */
  | 'restore'
  /** Leave nothing on the claim that the job could go on from. */
  | 'begin-with-nothing';

const does: Readonly<Record<Errand, string>> = {
  look: "Look whether there is a savepoint from before the volumes' time",
  restore: "Put the newest savepoint from before the volumes' time on Flink's claim",
  'begin-with-nothing': "Put aside what is on Flink's claim: the job begins with nothing",
};

const failed: Readonly<Record<Errand, string>> = {
  look: 'nothing has been stopped; --without-savepoint has the job begin with nothing',
  restore: 'volumes are as the backup has them; the same command may be run again',
  'begin-with-nothing': 'volumes are as the backup has them; the same command may be run again',
};

/** Runs an errand in the cluster, and waits until it is done or has failed. */
export function savepointSteps(context: string, namespace: string, from: string, errand: Errand): Plan {
  const job = `${errand === 'look' ? 'look' : 'restore'}-flink-${from}`;
  const at = ['--namespace', namespace];
  const logs = kubectl(context, ['logs', `job/${job}`, ...at], { deadline: seconds(30) });
  return [
    {
      kind: 'ask',
      does: does[errand],
      asks: [getJson(context, ['cronjobs'], namespace), snapshotsOf(context, namespace, from)],
      leadsTo: ([cronJobs, snapshots]) => {
        const cronJob = liveObjects(cronJobs === undefined ? [] : [cronJobs]).find(
          ({ metadata }) => metadata.name === 'backup-flink',
        );
        if (cronJob === undefined) throw new Error(`${namespace} has no CronJob backup-flink`);
        const before = earliestCut(liveObjects(snapshots === undefined ? [] : [snapshots]));
        return {
          commands: [
            kubectl(context, ['delete', 'job', job, ...at, '--ignore-not-found']),
            kubectl(context, ['create', '--filename', '-'], {
              input: `${JSON.stringify(errandJob(cronJob, namespace, job, before, errand))}\n`,
            }),
          ],
        };
      },
      assumed: {
        says: 'as the overlay has it',
        answers: [answerOf([assumedCronJob]), answerOf([assumedSnapshot(from)])],
      },
    },
    {
      kind: 'wait',
      does: `Wait for ${job}`,
      asks: [
        kubectl(context, ['get', 'job', job, ...at, '--output', 'json'], {
          deadline: seconds(30),
          attempts: 1,
        }),
      ],
      every: seconds(2),
      deadline: minutes(errand === 'look' ? 6 : 21),
      order: [`the Job ${job}`],
      judge: (answers) => {
        const [found] = liveObjects(answers);
        if (found === undefined) return { state: 'waiting', say: 'not there yet' };
        if (isComplete(found)) return { state: 'ready', say: 'done' };
        if (hasFailed(found)) return { state: 'failed', say: `the Job gave up; ${failed[errand]}` };
        return { state: 'waiting', say: 'at work' };
      },
      diagnose: () => [
        {
          says: `${job} says:`,
          commands: [logs, kubectl(context, ['describe', `job/${job}`, ...at], { deadline: seconds(30) })],
        },
      ],
    },
    {
      kind: 'ask',
      does: `Read what ${job} says`,
      asks: [logs],
      leadsTo: ([answer]) => ({ commands: [], notes: [(answer?.output ?? '').trim()] }),
      assumed: { says: 'prints', answers: [{ status: 0, output: 'which savepoint it is' }] },
    },
  ];
}

interface PodTemplate {
  readonly spec: {
    readonly containers: readonly {
      readonly env?: readonly { readonly name: string }[];
      readonly volumeMounts?: readonly { readonly readOnly?: boolean }[];
    }[];
  };
}

/** The Job of a CronJob with the other command; its claim is to be written to, unless it only looks. */
function errandJob(
  cronJob: LiveObject,
  namespace: string,
  name: string,
  before: string,
  errand: Errand,
): object {
  const { jobTemplate } = cronJob.spec as { jobTemplate: { spec: { template: PodTemplate } } };
  const { template } = jobTemplate.spec;
  const looks = errand === 'look';
  const containers = template.spec.containers.map((container) => ({
    ...container,
    command: ['node', 'apps/streaming/restore-flink.ts'],
    env: [
      ...(container.env ?? []),
      { name: 'RESTORE_BEFORE', value: before },
      ...(looks ? [{ name: 'RESTORE_LOOK', value: 'yes' }] : []),
      ...(errand === 'begin-with-nothing' ? [{ name: 'RESTORE_FROM', value: 'nothing' }] : []),
    ],
    volumeMounts: looks
      ? container.volumeMounts
      : container.volumeMounts?.map(({ readOnly: _, ...mount }) => mount),
  }));
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace },
    spec: {
      ...jobTemplate.spec,
      // What is not there is not there the next time either, and a person waits.
      ...(looks ? { backoffLimit: 0, activeDeadlineSeconds: 300 } : {}),
      template: { ...template, spec: { ...template.spec, containers } },
    },
  };
}

const assumedCronJob: LiveObject = {
  kind: 'CronJob',
  metadata: { name: 'backup-flink' },
  spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'backup-flink' }] } } } } },
};
