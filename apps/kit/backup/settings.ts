import { matching, number } from '../config.ts';

/** How much is kept, from the environment. */
export const keepSettings = {
  days: number('KEEP_DAYS', 'for how many days backups are kept, and the newest good one from before', {
    least: 1,
    most: 3650,
  }),
} as const;

/** Which backup is brought back: its name, or the newest. */
export const fromSetting = matching(
  'RESTORE_FROM',
  'the name of a backup, as 2026-01-31t18-05-00z, or newest',
  /^(?:newest|\d{4}-\d\d-\d\dt\d\d-\d\d-\d\dz)$/,
  'newest',
);
