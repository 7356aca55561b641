import { join } from 'node:path';

/** The repository's root, absolute. */
export const root = join(import.meta.dirname, '..');

/** The ignored folder where everything that can be made again is kept. */
export const cache = join(root, '.cache');
