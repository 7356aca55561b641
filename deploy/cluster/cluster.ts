import type { Environment } from '@plumbline/validators';
import type { Choice } from '../systems.ts';
import { kindClusterName, wholeCluster } from './kind-config.ts';

/** The cluster that a plan is for. */
export interface Cluster {
  /** The kubectl context that every command names. */
  readonly context: string;
  /** What runs the node: kind and minikube stop it as a whole; elsewhere there are only workloads. */
  readonly host:
    | { readonly kind: 'kind'; readonly name: string }
    | { readonly kind: 'minikube'; readonly profile: string }
    | { readonly kind: 'other' };
}

/** True when what was asked for is all that the cluster is for, so that the node itself may stop or go. */
export function ownsCluster(cluster: Cluster, choice: Choice): boolean {
  if (cluster.host.kind === 'other') return false;
  return choice.whole || (cluster.host.kind === 'kind' && cluster.host.name !== wholeCluster);
}

/** The cluster behind a context, as far as its name and the environment tell. */
export function clusterOf(environment: Environment, context: string): Cluster {
  const name = /^kind-(.+)$/.exec(context)?.[1];
  if (environment.name === 'kind' && name !== undefined) return { context, host: { kind: 'kind', name } };
  if (environment.name === 'minikube') return { context, host: { kind: 'minikube', profile: context } };
  return { context, host: { kind: 'other' } };
}

/** The context that is expected when nobody says another: the kind cluster of these systems, else the first named. */
export function expectedContext(choice: Choice): string {
  const { environment, systems, whole } = choice;
  if (environment.name === 'kind') {
    return `kind-${kindClusterName(whole ? [] : systems.map(({ name }) => name))}`;
  }
  return environment.contexts.find((pattern) => !pattern.includes('*')) ?? environment.name;
}
