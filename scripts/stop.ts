import { containerEngine, stopPlan } from '../deploy/index.ts';
import { clusterHelp, clusterScript, follow } from './lib/cluster-script.ts';

const usage = 'npm run stop -- ENVIRONMENT [SYSTEM ...]';

const help = `Usage: ${usage} [option ...]

Freezes, with all data kept; npm run resume thaws. A kind cluster's node containers stop, and minikube's machine.
Where one system of several is named, and elsewhere, its workloads are scaled to nothing: each keeps its number of
replicas in an annotation, and CronJobs and unfinished Jobs are suspended.

  npm run stop -- kind                 the node of the kind cluster "plumbline"
  npm run stop -- kind preempt         preempt alone, in a cluster that runs more
  npm run stop -- docker-desktop       all workloads

${clusterHelp}`;

await clusterScript({
  usage,
  help,
  action: 'a stop',
  work: ({ choice, cluster, dryRun }, signal) =>
    follow(stopPlan(cluster, choice, containerEngine(undefined)), dryRun, signal),
});
