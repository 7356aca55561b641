import type { Cluster } from './cluster/cluster.ts';
import { kubectl } from './cluster/kubectl.ts';
import { minutes, type Plan, type Step, seconds } from './plan/step.ts';

/** A job of Flink, and the Job of Kubernetes that gives it to the cluster. */
export interface FlinkJob {
  readonly namespace: string;
  /** Its name in Flink. */
  readonly name: string;
  readonly submittedBy: string;
}

/** Takes a savepoint of a job. Unless it is to go on, the job ends with it, and the Job goes, so that the next apply makes it anew. */
export function savepointPlan(cluster: Cluster, job: FlinkJob, goesOn: boolean): Plan {
  const { context } = cluster;
  const { namespace, name, submittedBy } = job;
  const pod = ['exec', '--namespace', namespace, 'deployment/flink-jobmanager', '--container', 'jobmanager'];
  const script = ['bash', '/opt/plumbline/stop-job.sh', name, ...(goesOn ? ['--keep'] : [])];
  const take: Step = {
    kind: 'ask',
    does: `${goesOn ? 'Take a savepoint of' : 'Stop with a savepoint'} ${name}`,
    asks: [kubectl(context, [...pod, '--', ...script], { deadline: minutes(6), attempts: 1 })],
    leadsTo: ([answer]) => ({
      commands: [],
      notes: [`The savepoint of ${name} is ${(answer?.output ?? '').trim()}`],
    }),
    assumed: { says: 'prints', answers: [{ status: 0, output: 'file:/var/lib/flink/savepoints/...\n' }] },
  };
  if (goesOn) return [take];
  const remove = ['delete', 'job', submittedBy, '--namespace', namespace, '--ignore-not-found'];
  return [
    take,
    {
      kind: 'run',
      does: `Let the next apply run the Job ${submittedBy} again`,
      commands: [kubectl(context, remove, { deadline: seconds(60) })],
    },
  ];
}
