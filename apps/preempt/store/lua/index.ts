import { readTexts } from '@plumbline/kit';

/** The scripts, by the names of their files; each is one step that nobody comes between. */
export const scripts = readTexts(import.meta.dirname, '.lua', [
  'bury',
  'claim-dead',
  'open-group',
  'read-new',
  'remove-consumers',
  'take-pending',
  'trim',
]);
