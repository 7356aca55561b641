import { destroyPlan } from '../deploy/index.ts';
import { clusterHelp, clusterScript, follow } from './lib/cluster-script.ts';

const usage = 'npm run destroy -- ENVIRONMENT [SYSTEM ...]';

const help = `Usage: ${usage} [option ...]

Takes away what deploy brought, data and all: the kind cluster where it is all that the cluster is for, else the
systems' namespaces. metrics-server and the ingress controller stay in a cluster that stays.

  npm run destroy -- kind                    the kind cluster "plumbline"
  npm run destroy -- kind preempt            preempt alone, in a cluster that runs more
  npm run destroy -- minikube --keep-data    everything but the claims and their namespaces

  --keep-data        leave the claims, and the namespaces that hold them: the next deploy finds its data
${clusterHelp}`;

await clusterScript({
  usage,
  help,
  action: 'a destroy',
  options: { 'keep-data': { type: 'boolean', default: false } },
  work: ({ values, choice, cluster, dryRun }, signal) =>
    follow(destroyPlan(cluster, choice, values['keep-data'] === true), dryRun, signal),
});
