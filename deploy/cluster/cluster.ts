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

/**
 * True when what was asked for is all that the cluster is for, so that the node itself may stop or go. A kind cluster
 * of another name, which only `--context` leads to, is somebody's own: who knows what else runs there.
 */
export function ownsCluster({ host }: Cluster, choice: Choice): boolean {
  if (host.kind === 'other') return false;
  if (host.kind === 'minikube') return choice.whole;
  if (choice.whole) return host.name === wholeCluster;
  return host.name !== wholeCluster && host.name === kindClusterName(choice.systems.map(({ name }) => name));
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
