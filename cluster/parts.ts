import { join } from 'node:path';
import { UsageError } from '@plumbline/validators';
import { ensureDebianPackages, type GoToolName, locateGoTools } from './binaries/index.ts';
import { nodeImages } from './images/node-images.ts';

/** What clusters are made of. */
export interface Parts {
  /** Absolute paths of commands, by name. */
  readonly binaries: Readonly<Record<string, string>>;
  /** Archives of the images that the node cannot do without, absolute. */
  readonly images: readonly string[];
}

/** What every cluster runs. */
const always: readonly GoToolName[] = ['kubernetes', 'etcd', 'coredns', 'local-path-provisioner', 'kwok'];

/** What only the proofs of tests/cluster want. */
export const proofTools: readonly GoToolName[] = ['argo-cd', 'metrics-server', 'cyclonus'];

/**
 * Finds or makes everything that a cluster needs.
 *
 * @param root the repository's, absolute
 * @param others tools besides those that every cluster runs
 * @throws UsageError that says what is missing, where this machine cannot run one.
 */
export async function gatherParts(
  root: string,
  progress: (message: string) => void,
  others: readonly GoToolName[] = [],
): Promise<Parts> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new UsageError(
      'A cluster here takes either Docker and kind (https://kind.sigs.k8s.io), which were not found working, ' +
        'or Linux and root, to make one from tools/cluster in namespaces of its own.',
    );
  }
  await ensureDebianPackages(progress);
  const cache = join(root, '.cache', 'cluster');
  const images = await nodeImages(join(cache, 'images'), progress);
  const binaries = await locateGoTools([...always, ...others], {
    pins: join(root, 'tools', 'cluster'),
    cache: join(cache, 'bin'),
    progress,
  });
  return { binaries, images };
}
