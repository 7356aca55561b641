import { type Environment, UsageError } from '@plumbline/validators';
import type { Choice } from '../systems.ts';
import { type Cluster, clusterOf, expectedContext } from './cluster.ts';
import { wholeCluster } from './kind-config.ts';

/** What a person said about the cluster. */
export interface Permission {
  /** --context NAME */
  readonly context?: string | undefined;
  /** --yes-production */
  readonly yesProduction: boolean;
}

/** What the machine says about its clusters. */
export interface Surroundings {
  /** kubectl's current context, undefined when there is none. */
  readonly currentContext: string | undefined;
  /** The kind clusters that are there. */
  readonly kindClusters: readonly string[];
}

/** True when the context's name is one of the environment's; `*` stands for any text. */
export function isContextOf(environment: Environment, context: string): boolean {
  return environment.contexts.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`).test(context);
  });
}

/**
 * Refuses to change production without being told twice.
 * @throws UsageError that says why.
 */
export function guardProduction(environment: Environment, action: string, permission: Permission): void {
  if (environment.secrets !== 'external') return;
  if (permission.context !== undefined && permission.yesProduction) return;
  throw new UsageError(
    `${environment.name} is Argo CD's: it syncs from git, and reverts what is done beside it. Change it by a commit.\n` +
      `If ${action} must be done by hand all the same, pause the sync and give both --context NAME and --yes-production.`,
  );
}

/**
 * The cluster that may be touched when the person named none: the current context's, when it is the environment's
 * and fits the systems.
 *
 * @param creates a kind cluster that is not there is about to be created, so no context can name it yet.
 * @throws UsageError when the current context is another; nothing was touched.
 */
export function guardCluster(
  choice: Choice,
  { currentContext, kindClusters }: Surroundings,
  creates: boolean,
): Cluster {
  const { environment } = choice;
  const expected = expectedContext(choice);
  if (environment.name === 'kind') {
    if (currentContext === expected || currentContext === `kind-${wholeCluster}`) {
      return clusterOf(environment, currentContext);
    }
    if (creates && !kindClusters.includes(expected.replace(/^kind-/, ''))) {
      return clusterOf(environment, expected);
    }
  } else if (currentContext !== undefined && isContextOf(environment, currentContext)) {
    return clusterOf(environment, currentContext);
  }
  const current =
    currentContext === undefined
      ? 'kubectl has no current context'
      : `the current context is ${currentContext}`;
  throw new UsageError(
    `${current}, and this is for ${expected} (${environment.name}): nothing was touched.\n` +
      `Switch with: kubectl config use-context ${expected}\n` +
      `or name the cluster that you mean: --context ${currentContext ?? expected}`,
  );
}

/** The cluster that the person named; without one, the expected one, which --dry-run reckons with since it asks nothing. */
export function assumedCluster(choice: Choice, { context }: Permission): Cluster {
  return clusterOf(choice.environment, context ?? expectedContext(choice));
}
