import { choice, httpUrl, list, matching, number, type Setting, text } from '@plumbline/kit';
import { fromSetting, keepSettings, objectSettings } from '@plumbline/kit/backup';

const path = (name: string, what: string): Setting<string> =>
  matching(name, `the path of ${what}`, /^\/[\w./-]*$/);

/** A savepoint is of use only with volumes that were cut after its results were committed. */
const before = matching(
  'RESTORE_BEFORE',
  'a time, as 2026-01-31T18:15:00Z: no later savepoint',
  /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
  '',
);

/** Of the job whose savepoints are copied. */
const jobSettings = {
  url: httpUrl('FLINK_URL', "Flink's REST API"),
  job: matching('JOB_NAME', "the job's name", /^[\w-]+$/),
  state: path('STATE_PATH', 'the volume that all processes of Flink share'),
} as const;

export const backupFlinkSettings = {
  ...objectSettings,
  ...keepSettings,
  ...jobSettings,
  seconds: number('SAVEPOINT_SECONDS', 'seconds for a savepoint', { least: 1, most: 3600, fallback: 600 }),
} as const;

export const restoreFlinkSettings = {
  ...objectSettings,
  ...jobSettings,
  before,
  from: matching(
    'RESTORE_FROM',
    'the name of a backup, as 2026-01-31t18-05-00z, newest, or nothing for the job to begin with nothing',
    /^(?:newest|nothing|\d{4}-\d\d-\d\dt\d\d-\d\d-\d\dz)$/,
    'newest',
  ),
  look: choice('RESTORE_LOOK', ['yes', 'no'], 'no'),
} as const;

const zookeeperData = path('ZOOKEEPER_DATA', "the folder version-2 of a member's volume");

export const backupZookeeperSettings = { ...objectSettings, ...keepSettings, data: zookeeperData } as const;

export const restoreZookeeperSettings = {
  ...objectSettings,
  data: zookeeperData,
  from: fromSetting,
} as const;

export const backupVolumesSettings = {
  ...keepSettings,
  apiUrl: httpUrl('KUBERNETES_URL', 'the API server'),
  tokenFile: path('TOKEN_FILE', "the service account's token"),
  namespace: matching('POD_NAMESPACE', 'a namespace', /^[a-z0-9-]+$/),
  claims: list('CLAIMS', 'labels of claims between commas, key=value, the first to be cut first', (one) =>
    /^[\w./-]+=[\w.-]+$/.test(one),
  ),
  heldBy: matching('HELD_BY', 'the name of a Lease that holds backups off', /^[a-z0-9.-]*$/, ''),
  snapshotClass: text('SNAPSHOT_CLASS', 'a VolumeSnapshotClass', ''),
  readySeconds: number('READY_SECONDS', 'seconds until all snapshots are ready', {
    least: 1,
    most: 21_600,
    fallback: 1800,
  }),
} as const;
