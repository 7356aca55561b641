import { UsageError } from '@plumbline/validators';
import { containerEngine, restorePlan } from '../deploy/index.ts';
import { clusterHelp, clusterScript, follow } from './lib/cluster-script.ts';

const usage = 'npm run restore -- ENVIRONMENT streaming --from NAME';

const help = `Usage: ${usage} [option ...]

Brings streaming back as a backup has it: the brokers' and the ensemble's volumes from their snapshots, and Flink's job
from the newest savepoint that was settled before them. What the volumes hold now is gone. The backups that there are:

  kubectl get volumesnapshots -n streaming -L plumbline.dev/backup
  npm run restore -- production streaming --from 2026-01-31t18-20-00z --context CLUSTER --yes-production

Pause Argo CD's sync before. Afterwards begin one (argocd app sync NAME: it begins none by itself for a Job that is
missing), or deploy: that gives the job to Flink.

  --from NAME        which backup
  --without-savepoint  the job begins with nothing: it counts again what Kafka still has. For when no savepoint is
                     there, which is looked for before anything is stopped
${clusterHelp}`;

await clusterScript({
  usage,
  help,
  action: 'a restore, which replaces all data,',
  options: { from: { type: 'string' }, 'without-savepoint': { type: 'boolean' } },
  accepts({ systems }, { from }) {
    if (systems.length !== 1 || systems[0]?.name !== 'streaming') {
      throw new UsageError(`Only streaming has backups: ${usage}`);
    }
    if (!systems[0].objects.some(({ metadata }) => metadata.name === 'backup-volumes')) {
      throw new UsageError('This environment makes no backups.');
    }
    if (typeof from !== 'string' || !/^\d{4}-\d\d-\d\dt\d\d-\d\d-\d\dz$/.test(from)) {
      throw new UsageError(`Which backup? --from takes its name, as 2026-01-31t18-20-00z: ${usage}`);
    }
  },
  work({ values, choice, cluster, dryRun }, signal) {
    const [system] = choice.systems;
    const ensemble = system?.objects.find(
      ({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === 'zookeeper',
    );
    const { replicas = 1 } =
      (ensemble as unknown as { spec?: { replicas?: number } } | undefined)?.spec ?? {};
    const restore = {
      namespace: system?.namespaces[0] ?? '',
      from: String(values.from),
      members: replicas,
      withoutSavepoint: values['without-savepoint'] === true,
      deadline: 1_200_000,
    };
    return follow(restorePlan(cluster, choice, containerEngine(undefined), restore), dryRun, signal);
  },
});
