/** Leaves the workspace as it was before `npm pack`. */
import { dirname } from 'node:path';
import { restoreManifest } from './manifest.mjs';

restoreManifest(dirname(import.meta.dirname));
