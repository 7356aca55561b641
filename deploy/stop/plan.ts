import type { KubernetesObject } from '@plumbline/validators';
import { type Cluster, ownsCluster } from '../cluster/cluster.ts';
import { getJson, kubectl } from '../cluster/kubectl.ts';
import { answerOf, type LiveObject, liveObjects, reference } from '../cluster/live.ts';
import { type Command, command, minutes, type Plan, type Step, seconds } from '../plan/step.ts';
import { rank } from '../ready/order.ts';
import { readyStep } from '../ready/plan.ts';
import { type Choice, inNamespaces } from '../systems.ts';
import { isArgoManaged, type Patch, patched, startPatches, stopPatches } from './workloads.ts';

const kinds = ['deployments', 'statefulsets', 'cronjobs', 'jobs'];
const kindNames = new Set(['Deployment', 'StatefulSet', 'CronJob', 'Job']);

/**
 * Whose pods must be gone before it goes on: those before what they depend on, but none that Argo CD may bring back; or all,
 * for what must find nothing running. That Argo CD's sync is paused can then be relied on: its mark stays while it is.
 */
export type Awaits = 'those that others need' | 'all';

/** Freezes what was chosen, data kept: the node where it is all that the node is for, else the workloads. */
export function stopPlan(
  cluster: Cluster,
  choice: Choice,
  engine: string,
  awaits: Awaits = 'those that others need',
): Plan {
  if (ownsCluster(cluster, choice)) return [nodeStep(cluster, 'stop', engine)];
  return inNamespaces(choice.systems).map(({ namespace, objects }) =>
    stopStep(cluster.context, namespace, objects, awaits),
  );
}

/** How long a cluster whose node was started must stay ready until it is believed. */
const settled = seconds(30);

/** Thaws what `stop` froze, and waits until it is ready again. */
export function startPlan(cluster: Cluster, choice: Choice, engine: string, deadline: number): Plan {
  const { context } = cluster;
  const wakes = ownsCluster(cluster, choice);
  const objects = choice.systems.flatMap((system) => system.objects);
  return [
    ...(wakes ? [nodeStep(cluster, 'start', engine), nodesReady(context)] : []),
    ...inNamespaces(choice.systems).map(({ namespace, objects: held }) =>
      resumeStep(context, namespace, held, wakes ? 'running' : 'stopped'),
    ),
    readyStep(context, objects, deadline, wakes ? settled : 0),
  ];
}

/** Stops or starts the node itself. */
export function nodeStep({ host, context }: Cluster, verb: 'stop' | 'start', engine: string): Step {
  const does = `${verb === 'stop' ? 'Stop' : 'Start'} the node of ${context}`;
  switch (host.kind) {
    case 'kind':
      return {
        kind: 'ask',
        does,
        asks: [command(['kind', 'get', 'nodes', '--name', host.name], { deadline: seconds(30) })],
        leadsTo: ([answer]) => {
          const [first, ...others] = (answer?.output ?? '').split(/\s+/).filter((name) => name !== '');
          return {
            commands: first === undefined ? [] : [command([engine, verb, first, ...others])],
            notes: first === undefined ? [`There is no kind cluster "${host.name}".`] : [],
          };
        },
        assumed: { says: 'for each', answers: [{ status: 0, output: `${host.name}-control-plane\n` }] },
      };
    case 'minikube':
      return {
        kind: 'run',
        does,
        commands: [command(['minikube', '--profile', host.profile, verb], { deadline: minutes(10) })],
      };
    case 'other':
      return { kind: 'run', does, commands: [] };
  }
}

/** The API server answers, and its nodes are ready. */
export function nodesReady(context: string): Step {
  return {
    kind: 'wait',
    does: 'Wait for the nodes',
    asks: [kubectl(context, ['get', 'nodes', '--output', 'json'], { deadline: seconds(15), attempts: 1 })],
    every: seconds(2),
    deadline: minutes(3),
    order: [],
    judge: (answers) => {
      const nodes = liveObjects(answers);
      if (nodes.length === 0) return { state: 'waiting', say: 'the API server does not answer yet' };
      const late = nodes.filter((node) => !isNodeReady(node)).map(({ metadata }) => metadata.name);
      if (late.length > 0) return { state: 'waiting', say: `not ready: ${late.join(', ')}` };
      return { state: 'ready', say: `${nodes.length} ready` };
    },
    diagnose: () => [
      { says: 'The cluster says of its nodes:', commands: [kubectl(context, ['describe', 'nodes'])] },
    ],
  };
}

function isNodeReady({ status }: LiveObject): boolean {
  const conditions = (status?.conditions ?? []) as readonly { type: string; status: string }[];
  return conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
}

function stopStep(
  context: string,
  namespace: string,
  objects: readonly KubernetesObject[],
  awaits: Awaits,
): Step {
  return {
    kind: 'ask',
    does: `Scale what runs in ${namespace} to nothing`,
    asks: [getJson(context, kinds, namespace)],
    leadsTo: (answers) => {
      // What depends on others stops before them.
      const live = ordered(liveObjects(answers)).reverse();
      return {
        commands: stopCommands(context, namespace, live, awaits),
        notes: live.some(isArgoManaged) ? [argoNote(namespace)] : [],
      };
    },
    assumed: { says: 'as the overlay has it', answers: [answerOf(rendered(objects))] },
  };
}

/**
 * Patches the workloads in their order, and waits for the pods of each rank before those that they depend on go: a broker
 * that cannot tell ZooKeeper that it leaves is refused there when it comes back, until its session is over.
 */
export function stopCommands(
  context: string,
  namespace: string,
  live: readonly LiveObject[],
  awaits: Awaits = 'those that others need',
): Command[] {
  const patches = new Map(stopPatches(live).map((patch) => [patch.name, patch]));
  // What was brought to nothing a moment ago may still have pods.
  const stopping = live.filter((object) => awaits === 'all' || patches.has(reference(object)));
  const ranks = [...new Set(stopping.map(rank))];
  return ranks.flatMap((one, index) => {
    const together = stopping.filter((object) => rank(object) === one);
    const isLast = index === ranks.length - 1;
    const waits = together.filter((object) => awaits === 'all' || !(isLast || isArgoManaged(object)));
    return [
      ...together.flatMap((object) => {
        const patch = patches.get(reference(object));
        return patch === undefined ? [] : [patchCommand(context, namespace, patch)];
      }),
      ...waits.flatMap((object) => goneCommand(context, object)),
    ];
  });
}

/** Waits until no pod of a workload is there; of CronJobs and Jobs, which are suspended, none need go. */
function goneCommand(context: string, object: LiveObject): Command[] {
  const { kind, metadata, spec } = object;
  if (kind !== 'Deployment' && kind !== 'StatefulSet') return [];
  const { matchLabels = {} } = (spec?.selector ?? {}) as { matchLabels?: Record<string, string> };
  const labels = Object.entries(matchLabels).map((pair) => pair.join('='));
  if (labels.length === 0) return [];
  const which = ['--namespace', metadata.namespace ?? 'default', '--selector', labels.join(',')];
  return [
    kubectl(context, ['wait', 'pods', ...which, '--for=delete', '--timeout=300s'], {
      deadline: minutes(6),
      attempts: 1,
    }),
  ];
}

/** Brings back what `stop` brought to nothing; changes nothing where nothing was stopped. */
export function resumeStep(
  context: string,
  namespace: string,
  objects: readonly KubernetesObject[],
  assumed: 'running' | 'stopped',
): Step {
  return {
    kind: 'ask',
    does: `Start what was stopped in ${namespace}`,
    asks: [getJson(context, kinds, namespace)],
    leadsTo: (answers) => ({
      commands: startPatches(ordered(liveObjects(answers))).map((patch) =>
        patchCommand(context, namespace, patch),
      ),
    }),
    assumed:
      assumed === 'running'
        ? { says: 'when nothing was', answers: [answerOf(rendered(objects))] }
        : { says: 'as `stop` leaves it', answers: [answerOf(stopped(objects))] },
  };
}

function rendered(objects: readonly KubernetesObject[]): LiveObject[] {
  return objects.filter(({ kind }) => kindNames.has(kind)) as unknown as LiveObject[];
}

function stopped(objects: readonly KubernetesObject[]): LiveObject[] {
  const live = rendered(objects);
  const patches = stopPatches(live);
  return live.map((object) => {
    const patch = patches.find(({ name }) => name === reference(object));
    return patch === undefined ? object : patched(object, patch);
  });
}

function ordered(live: readonly LiveObject[]): LiveObject[] {
  return [...live].sort((a, b) => rank(a) - rank(b));
}

function patchCommand(context: string, namespace: string, { name, patch }: Patch): Command {
  return kubectl(context, [
    'patch',
    name,
    '--namespace',
    namespace,
    '--type=merge',
    '--patch',
    JSON.stringify(patch),
  ]);
}

function argoNote(namespace: string): string {
  return (
    `Argo CD keeps what is in ${namespace} and scales it back as soon as it compares again. Pause its sync first:\n` +
    `argocd app set NAME --sync-policy none, and --sync-policy automated --self-heal --auto-prune when it is back.`
  );
}
