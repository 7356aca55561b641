import type { Store } from '../cache/store.ts';
import type { Target } from '../render/targets.ts';
import { UsageError } from '../usage-error.ts';
import { type Environment, readEnvironment } from './environment.ts';

/** Reads the environments of the targets. @throws UsageError that tells what is wrong with each of them. */
export async function readEnvironments(
  root: string,
  targets: readonly Target[],
  store: Store,
): Promise<Map<string, Environment>> {
  const names = [...new Set(targets.map((target) => target.environment))].filter((name) => name !== '');
  const read = await Promise.allSettled(
    names.map((name) => readEnvironment(root, `overlays/${name}/environment.yaml`, store)),
  );
  const wrong = read.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
  const bug = wrong.find((reason) => !(reason instanceof UsageError));
  if (bug !== undefined) throw bug;
  if (wrong.length > 0)
    throw new UsageError(wrong.map((reason) => (reason as UsageError).message).join('\n'));
  return new Map(
    read.flatMap((result, index): [string, Environment][] =>
      result.status === 'fulfilled' ? [[names[index] ?? '', result.value]] : [],
    ),
  );
}
