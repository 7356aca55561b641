import { getJson, kubectl } from '../cluster/kubectl.ts';
import { type Answer, type Step, seconds, type Verdict } from '../plan/step.ts';

/** While it is there, backup-volumes cuts no volume (HELD_BY). */
const lease = 'kafka-reassignment';

/**
 * Keeps backups of the volumes from beginning, and waits until none is under way: cut one after the other, the volumes could
 * all be without a copy that moves. Each of the two says that it is at work before it looks for the other, so that they
 * never are at the same time. The Lease outlives a script that is ended: Kafka goes on with its moves.
 * @param deadline milliseconds
 */
export function keepBackupsOff(context: string, namespace: string, deadline: number): Step[] {
  const metadata = { name: lease, namespace, labels: { 'app.kubernetes.io/part-of': namespace } };
  const spec = { holderIdentity: 'npm-run-reassign' };
  const object = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
  const jobs = getJson(context, ['jobs'], namespace);
  return [
    {
      kind: 'run',
      does: 'Keep backups of the volumes from beginning',
      commands: [kubectl(context, ['apply', '--filename', '-'], { input: `${JSON.stringify(object)}\n` })],
    },
    {
      kind: 'wait',
      does: 'Wait until no backup of the volumes is under way',
      asks: [jobs],
      every: seconds(5),
      deadline,
      order: ['no Job of backup-volumes that has not ended'],
      judge: ([answer]) => noBackupIsUnderWay(answer),
      diagnose: () => [
        {
          says: `Nothing was moved. Run this again once the backup has ended, or let the next one begin: kubectl delete lease ${lease} --namespace ${namespace}`,
          commands: [kubectl(context, ['get', 'jobs', '--namespace', namespace], { deadline: seconds(30) })],
        },
      ],
    },
  ];
}

/** Lets backups begin again. */
export function letBackupsBegin(context: string, namespace: string): Step {
  const which = ['lease', lease, '--namespace', namespace, '--ignore-not-found'];
  return {
    kind: 'run',
    does: 'Let backups of the volumes begin again',
    commands: [kubectl(context, ['delete', ...which])],
  };
}

/** Ready once every Job of backup-volumes, the CronJob's or one that was made of it by hand, has ended. */
export function noBackupIsUnderWay(answer: Answer | undefined): Verdict {
  if (answer?.status !== 0) return { state: 'waiting', say: 'the API server does not answer' };
  const { items } = JSON.parse(answer.output) as { readonly items: readonly Job[] };
  const going = items.filter(
    ({ spec, status }) =>
      spec.template.metadata?.labels?.['app.kubernetes.io/name'] === 'backup-volumes' &&
      !(status?.conditions ?? []).some(({ type, status }) => ends.has(type) && status === 'True'),
  );
  if (going.length === 0) return { state: 'ready', say: 'none is' };
  return { state: 'waiting', say: going.map(({ metadata }) => metadata.name).join(', ') };
}

const ends = new Set(['Complete', 'Failed']);

interface Job {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } };
  };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}
