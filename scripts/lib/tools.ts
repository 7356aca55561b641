import { join } from 'node:path';
import { locateTools, type Tools } from '@plumbline/validators';
import { cache, root } from './root.ts';

/** The pinned commands of this repository, found or built. @throws UsageError that says how to install them. */
export function repositoryTools(progress: (message: string) => void): Promise<Tools> {
  return locateTools({ pins: join(root, 'tools'), cache: join(cache, 'tools'), progress });
}
