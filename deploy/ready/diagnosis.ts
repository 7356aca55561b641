import type { KubernetesObject } from '@plumbline/validators';
import { kubectl } from '../cluster/kubectl.ts';
import { type LiveObject, reference } from '../cluster/live.ts';
import { type Command, type Diagnosis, seconds } from '../plan/step.ts';
import { describeTrouble, podsOf, readiness, type Trouble, troublesOf } from './workload.ts';

/** How many workloads are explained; the others mostly wait for these. */
const most = 4;

/** What to do about what a pod says. */
const remedies: readonly { readonly when: RegExp; readonly remedy: string }[] = [
  {
    when: /^ErrImageNeverPull$/,
    remedy:
      'The image is built here and not on the node: npm run images -- SYSTEM --load ENVIRONMENT, or deploy without --without-images.',
  },
  {
    when: /^(ErrImagePull|ImagePullBackOff)$/,
    remedy: 'The image cannot be pulled: check its name, the network and the registry.',
  },
  { when: /^InvalidImageName$/, remedy: 'The image has no valid name: mend the manifest.' },
  {
    when: /^CreateContainerConfigError$/,
    remedy: 'The container names a ConfigMap, a Secret or a key that is not there.',
  },
  {
    when: /^(CrashLoopBackOff|exited with)/,
    remedy: 'The container starts and ends: its last words stand below.',
  },
  {
    when: /Insufficient|nodes? (are|is) available/,
    remedy: 'No node has room: give the machine more CPU or memory, or run fewer systems.',
  },
  {
    when: /unbound|PersistentVolumeClaim|volume/,
    remedy: 'A claim is not bound: check the storage class and its provisioner.',
  },
];

/** Why the first workloads that are not ready are not, and the commands whose output shows it. */
export function diagnoses(
  context: string,
  workloads: readonly KubernetesObject[],
  live: readonly LiveObject[],
): Diagnosis[] {
  const late = workloads.filter((workload) => readiness(workload, live).state !== 'ready');
  const hopelessFirst = [...late].sort((a, b) => weight(a, live) - weight(b, live));
  return hopelessFirst.slice(0, most).map((workload) => diagnose(context, workload, live));
}

function weight(workload: KubernetesObject, live: readonly LiveObject[]): number {
  return readiness(workload, live).state === 'hopeless' ? 0 : 1;
}

function diagnose(context: string, workload: KubernetesObject, live: readonly LiveObject[]): Diagnosis {
  const namespace = workload.metadata.namespace ?? 'default';
  const name = `${namespace}/${reference(workload)}`;
  const [trouble] = troublesOf(workload, live);
  if (trouble === undefined) {
    const pods = podsOf(workload, live);
    const why =
      pods.length === 0 ? 'has no pod: a quota, a limit or Pod Security may refuse it' : 'is not ready';
    return { says: `${name} ${why}.`, commands: [warnings(context, namespace)] };
  }
  const remedy = remedies.find(({ when }) => when.test(trouble.reason))?.remedy;
  return {
    says: `${name} is not ready: pod ${trouble.pod}, ${describeTrouble(trouble)}.${remedy === undefined ? '' : ` ${remedy}`}`,
    commands: [podEvents(context, namespace, trouble.pod), ...logs(context, namespace, trouble)],
  };
}

function podEvents(context: string, namespace: string, pod: string): Command {
  return events(context, namespace, `involvedObject.name=${pod}`);
}

function warnings(context: string, namespace: string): Command {
  return events(context, namespace, 'type=Warning');
}

function events(context: string, namespace: string, selector: string): Command {
  return kubectl(
    context,
    ['get', 'events', '--namespace', namespace, '--field-selector', selector, '--sort-by=.lastTimestamp'],
    { deadline: seconds(30) },
  );
}

function logs(
  context: string,
  namespace: string,
  { pod, container, restarts, reason, hasRun }: Trouble,
): Command[] {
  if (container === undefined || !hasRun) return [];
  // While a container waits to be started again, its last words are those of the run before.
  const previous = restarts > 0 && reason === 'CrashLoopBackOff' ? ['--previous'] : [];
  return [
    kubectl(
      context,
      ['logs', pod, '--namespace', namespace, '--container', container, '--tail=20', ...previous],
      { deadline: seconds(30) },
    ),
  ];
}
