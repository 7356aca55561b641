/** backup-zookeeper: copies what a member of the ensemble would start from to the store of objects. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, runWorker } from '@plumbline/kit';
import { nameOf, openObjects, prune, writeArchive } from '@plumbline/kit/backup';
import { backupZookeeperSettings } from './backup/settings.ts';
import { copyZookeeper } from './backup/zookeeper-files.ts';

await runWorker({
  name: 'backup-zookeeper',
  async work(log, signal) {
    const config = { ...readConfig(process.env, backupZookeeperSettings), signal };
    const objects = openObjects(config);
    const name = nameOf(new Date());
    const folder = await mkdtemp(join(tmpdir(), 'zookeeper-'));
    try {
      const { files, snapshot } = await copyZookeeper(config.data, folder);
      await writeArchive(objects, config.prefix, name, folder, files, { snapshot });
      log.info({ name, files }, 'copied');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    log.info({ pruned: await prune(objects, config.prefix, config, new Date()) }, 'done');
  },
});
