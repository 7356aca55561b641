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
  'lock-migrations',
  'lock-offset',
  'make-migrations',
  'make-staging',
  'merge-staging',
  'note-migration',
  'read-migrations',
  'read-offsets',
  'reject-lines',
  'schema-version',
  'skip-lost',
  'store-offset',
]);
