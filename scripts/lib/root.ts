import { dirname, join } from 'node:path';

/** The repository's root, absolute. */
export const root = dirname(dirname(import.meta.dirname));

/** The one ignored folder where everything that can be made again is kept, by content. */
export const cache = join(root, '.cache');
