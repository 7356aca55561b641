import { UsageError } from '@plumbline/validators';
import { savepointPlan } from '../deploy/index.ts';
import { clusterHelp, clusterScript, follow } from './lib/cluster-script.ts';

const usage = 'npm run savepoint -- ENVIRONMENT [streaming]';

const help = `Usage: ${usage} [option ...]

Before a planned upgrade of streaming's job, of its image or of Flink: stops the job with a savepoint, which holds all
that it has counted. Its Job goes too, so that the next deploy (or kubectl apply -k) makes it anew; that goes on from the
savepoint.

  npm run savepoint -- kind
  npm run deploy -- kind streaming

In production argocd app sync NAME takes the place of the second line: Argo CD begins no sync for a Job that is missing.

  --keep-running     take a savepoint and let the job go on
${clusterHelp}`;

await clusterScript({
  usage,
  help,
  action: 'a savepoint, which stops the job,',
  options: { 'keep-running': { type: 'boolean', default: false } },
  accepts({ systems, whole }) {
    if (!whole && (systems.length !== 1 || systems[0]?.name !== 'streaming')) {
      throw new UsageError(`Only streaming has a job of Flink: ${usage}`);
    }
  },
  work({ values, choice, cluster, dryRun }, signal) {
    const { namespaces } = choice.systems.find(({ name }) => name === 'streaming') ?? { namespaces: [] };
    const [namespace] = namespaces;
    if (namespace === undefined) throw new UsageError(`${choice.environment.name} has no streaming`);
    const job = { namespace, name: 'revenue-per-minute', submittedBy: 'revenue-job' };
    return follow(savepointPlan(cluster, job, values['keep-running'] === true), dryRun, signal);
  },
});
