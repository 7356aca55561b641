export {
  filesOf,
  type Manifest,
  namesOf,
  prune,
  readArchive,
  readManifest,
  writeArchive,
} from './archive.ts';
export { doomed, type Keep, type Kept, nameOf, timeOf } from './keep.ts';
export { backupLabel } from './labels.ts';
export { type Objects, type ObjectsConfig, ObjectsError, objectSettings, openObjects } from './objects.ts';
export { fromSetting, keepSettings } from './settings.ts';
export {
  pruneVolumes,
  snapshotVolumes,
  type VolumesBackup,
  type VolumesConfig,
} from './volumes.ts';
