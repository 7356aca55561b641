import { UsageError } from '@plumbline/validators';
import { entranceOf, looksOnly, reassignPlan } from '../deploy/index.ts';
import { clusterHelp, clusterScript, follow } from './lib/cluster-script.ts';
import { positive } from './lib/number-option.ts';

const usage = 'npm run reassign -- ENVIRONMENT SYSTEM';

const help = `Usage: ${usage} [option ...]

Spreads the partitions of a system's Kafka evenly over its brokers: each topic's copies and leaders, over as many zones
as there are, with as few copies moved as that takes. After more brokers were started, and before some are ended: they
are emptied first.

  kubectl scale statefulset kafka -n streaming --replicas=5
  npm run reassign -- kind streaming

  npm run reassign -- kind streaming --brokers 0,1,2
  kubectl scale statefulset kafka -n streaming --replicas=3

It waits until all have moved, and lifts the throttle. Ended before that, run it again: it goes on from there.

  --brokers IDS        these alone are to hold partitions, as 0,1,2; all that answer unless told
  --look               say what would move, and move nothing
  --throttle MB        what a broker may spend on moves, in MB a second (50)
  --command-config F   a file in the broker's pod that Kafka's tools log in with (where brokers ask: the pod's own)
  --deadline MINUTES   how long the moves may take (60)
${clusterHelp}`;

await clusterScript({
  usage,
  help,
  action: 'a move of partitions',
  options: {
    brokers: { type: 'string' },
    look: { type: 'boolean', default: false },
    throttle: { type: 'string', default: '50' },
    'command-config': { type: 'string' },
    deadline: { type: 'string', default: '60' },
  },
  accepts({ systems, whole }, { brokers }) {
    if (whole || systems.length !== 1) throw new UsageError(`Which system's Kafka? ${usage}`);
    idsOf(brokers);
    const [system] = systems;
    if (system === undefined || entranceOf(system.objects) === undefined)
      throw new UsageError(`${system?.name} has no Kafka: ${usage}`);
  },
  work({ values, choice, cluster, dryRun }, signal) {
    const [system] = choice.systems;
    const entrance = entranceOf(system?.objects ?? []) ?? { bootstrap: '' };
    const login = values['command-config'];
    const reassignment = {
      namespace: system?.namespaces[0] ?? '',
      brokers: idsOf(values.brokers),
      throttle: Math.round(positive('--throttle', values.throttle) * 1_000_000),
      deadline: positive('--deadline', values.deadline) * 60_000,
      entrance: typeof login === 'string' ? { ...entrance, login } : entrance,
    };
    const plan = (values.look === true ? looksOnly : reassignPlan)(cluster, reassignment);
    return follow(plan, dryRun, signal);
  },
});

function idsOf(value: string | boolean | undefined): number[] | undefined {
  if (value === undefined) return undefined;
  if (!/^\d+(,\d+)*$/.test(String(value))) {
    throw new UsageError(`--brokers takes numbers of brokers, as 0,1,2, not "${value}"`);
  }
  return String(value).split(',').map(Number);
}
