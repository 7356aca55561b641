import { UsageError } from '@plumbline/validators';
import type { AskStep } from '../plan/step.ts';
import type { System } from '../systems.ts';
import { kubectl } from './kubectl.ts';

const label = 'app.kubernetes.io/part-of';

/**
 * Looks, before anything is taken away, whether the namespaces are the systems' own: `dev` is a name that others use
 * too. A namespace that is not there is nobody's.
 * @throws UsageError, once it has looked, when a namespace carries another label than the system's, or none.
 */
export function ownNamespaces(context: string, systems: readonly System[]): AskStep {
  const owned = systems.flatMap(({ name, namespaces }) =>
    namespaces.map((namespace) => ({ name, namespace })),
  );
  const path = `jsonpath={.metadata.name}={.metadata.labels.${label.replaceAll('.', '\\.')}}`;
  return {
    kind: 'ask',
    does: `See that ${owned.map(({ namespace }) => namespace).join(', ')} ${owned.length === 1 ? 'is' : 'are'} ours`,
    asks: owned.map(({ namespace }) =>
      kubectl(context, ['get', 'namespace', namespace, '--ignore-not-found', '--output', path]),
    ),
    leadsTo: (answers) => {
      for (const [index, { name, namespace }] of owned.entries()) {
        const answer = answers[index]?.output.trim() ?? '';
        if (answer === '' || answer === `${namespace}=${name}`) continue;
        throw new UsageError(
          `namespace ${namespace} of ${context} is not ours: it lacks the label ${label}=${name}. Nothing was touched.\n` +
            `If it is ours all the same, say so: kubectl --context ${context} label namespace ${namespace} ${label}=${name}`,
        );
      }
      return { commands: [] };
    },
    assumed: {
      says: 'they carry our label',
      answers: owned.map(({ name, namespace }) => ({ status: 0, output: `${namespace}=${name}` })),
    },
  };
}
