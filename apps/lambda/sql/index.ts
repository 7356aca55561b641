import { readTexts } from '@plumbline/kit';

/** The statements, by the names of their files. */
export const sql = readTexts(import.meta.dirname, '.sql', [
  'begin-job',
  'begin-offset',
  'bury',
  'clear-rejects',
  'clear-staging',
  'copy-staging',
  'copy-transactions',
  'end-frozen',
  'end-job',
  'fail-job',
  'lock-job',
  'lock-offset',
  'make-staging',
  'merge-staging',
  'read-offsets',
  'reject-lines',
  'skip-lost',
  'store-offset',
]);
