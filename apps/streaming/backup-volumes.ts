/** backup-volumes: has the cluster take a snapshot of each volume, the brokers' before the ensemble's. */
import { readConfig, runWorker } from '@plumbline/kit';
import { pruneVolumes, snapshotVolumes } from '@plumbline/kit/backup';
import { backupVolumesSettings } from './backup/settings.ts';

await runWorker({
  name: 'backup-volumes',
  async work(log, signal) {
    const config = { ...readConfig(process.env, backupVolumesSettings), log, signal };
    log.info(await snapshotVolumes(config), 'every snapshot is ready to use');
    log.info({ pruned: await pruneVolumes(config, config, new Date()) }, 'done');
  },
});
