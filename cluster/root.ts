import { dirname } from 'node:path';

/** The repository's root, absolute. */
export const root = dirname(import.meta.dirname);
