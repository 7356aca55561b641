import { readTexts } from '@plumbline/kit';

/** What the api asks, by the names of the files. It changes nothing. */
export const sql = readTexts(import.meta.dirname, '.sql', [
  'all-locations',
  'anomalies-by-id',
  'anomalies-page',
  'band-history',
  'bands',
  'buckets',
  'changed-anomalies',
  'fields',
  'last-change',
  'latest-values',
  'observations',
  'open-anomalies',
  'summary',
]);
