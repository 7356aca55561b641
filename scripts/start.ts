import { containerEngine, startPlan } from '../deploy/index.ts';
import { clusterHelp, clusterScript, follow } from './lib/cluster-script.ts';
import { positive } from './lib/number-option.ts';

const usage = 'npm run resume -- ENVIRONMENT [SYSTEM ...]';

const help = `Usage: ${usage} [option ...]

Thaws what npm run stop froze, and waits until it is ready: the node with all its pods, which start again, or the
workloads at the number of replicas that they had. What somebody started in between keeps what it has.

  npm run resume -- kind
  npm run resume -- kind preempt

  --deadline MINUTES   how long everything may take to get ready (20)
${clusterHelp}`;

await clusterScript({
  usage,
  help,
  action: 'a start',
  options: { deadline: { type: 'string', default: '20' } },
  work: ({ values, choice, cluster, dryRun }, signal) => {
    const deadline = positive('--deadline', values.deadline) * 60_000;
    return follow(startPlan(cluster, choice, containerEngine(undefined), deadline), dryRun, signal);
  },
});
