import type { KubernetesObject } from '@plumbline/validators';
import type { Address } from './addresses.ts';
import { applySteps } from './apply/plan.ts';
import type { Cluster } from './cluster/cluster.ts';
import { createKindCluster } from './cluster/kind-cluster.ts';
import type { KindConfig } from './cluster/kind-config.ts';
import type { BuildableImage } from './images/built.ts';
import type { Engine } from './images/engine.ts';
import { buildSteps, containerEngine, loadSteps } from './images/plan.ts';
import { command, type Plan, type Step, seconds } from './plan/step.ts';
import { platformSteps } from './platform.ts';
import { readyStep } from './ready/plan.ts';
import { nodesReady } from './stop/plan.ts';
import type { Choice } from './systems.ts';

/** What a deploy is made of. */
export interface Deployment {
  readonly cluster: Cluster;
  readonly choice: Choice;
  readonly addresses: readonly Address[];
  readonly kindConfig: KindConfig;
  /** Undefined when no image is to be built. */
  readonly build?: { readonly engine: Engine; readonly images: readonly BuildableImage[] } | undefined;
  /** The platform's objects; undefined leaves the platform out. */
  readonly platform?: readonly KubernetesObject[] | undefined;
  /** Milliseconds until everything must be ready. */
  readonly deadline: number;
  /** False when the person named the cluster: it is used as it is. */
  readonly mayCreate: boolean;
}

/** From nothing to ready. */
export function deployPlan(deployment: Deployment): Plan {
  const { cluster, choice, build, platform } = deployment;
  const images = build?.images ?? [];
  const objects = choice.systems.flatMap((system) => system.objects);
  return [
    ...(build === undefined ? [] : buildSteps(build.engine, images)),
    ...clusterSteps(deployment),
    ...(platform === undefined ? [] : platformSteps(choice.environment, cluster)),
    ...(build === undefined ? [] : loadSteps(build.engine, cluster, images)),
    ...applySteps(cluster.context, choice, images),
    readyStep(cluster.context, [...(platform ?? []), ...objects], deployment.deadline),
  ];
}

/** A kind cluster that is there and runs: made when it is not there, thawed when `stop` froze it. */
function clusterSteps(deployment: Deployment): Step[] {
  const { cluster, choice, addresses, kindConfig, mayCreate, build } = deployment;
  const { host, context } = cluster;
  if (host.kind !== 'kind') return [];
  const engine = containerEngine(build?.engine);
  const node = `${host.name}-control-plane`;
  return [
    ...(mayCreate
      ? [createKindCluster({ name: host.name, systems: choice.systems, addresses, kindConfig })]
      : []),
    {
      kind: 'ask',
      does: `Start the node of ${context}, if it was stopped`,
      asks: [
        command([engine, 'container', 'inspect', '--format', '{{.State.Running}}', node], {
          deadline: seconds(30),
          mayFail: true,
        }),
      ],
      leadsTo: ([answer]) => ({
        commands: answer?.output.trim() === 'false' ? [command([engine, 'start', node])] : [],
      }),
      assumed: { says: 'when it runs', answers: [{ status: 0, output: 'true' }] },
    },
    nodesReady(context),
  ];
}
