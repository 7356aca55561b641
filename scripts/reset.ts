import { resetPlan } from '../deploy/index.ts';
import { clusterHelp, clusterScript, follow } from './lib/cluster-script.ts';
import { positive } from './lib/number-option.ts';

const usage = 'npm run reset -- ENVIRONMENT [SYSTEM ...]';

const help = `Usage: ${usage} [option ...]

Fresh data without a new cluster: ends all pods at once, wipes the claims with all that they hold, and starts
everything again. Images stay as they are on the node.

  npm run reset -- kind big-data

  --deadline MINUTES   how long everything may take to get ready (20)
${clusterHelp}`;

await clusterScript({
  usage,
  help,
  action: 'a reset, which wipes data,',
  options: { deadline: { type: 'string', default: '20' } },
  work: ({ values, choice, cluster, dryRun }, signal) =>
    follow(resetPlan(cluster, choice, positive('--deadline', values.deadline) * 60_000), dryRun, signal),
});
