/** restore-zookeeper: puts what was copied of the ensemble into a member's volume. The member must not run, nor any other. */
import { mkdtemp, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readConfig, runWorker } from '@plumbline/kit';
import { nameOf, namesOf, openObjects, readArchive, readManifest } from '@plumbline/kit/backup';
import { restoreZookeeperSettings } from './backup/settings.ts';

await runWorker({
  name: 'restore-zookeeper',
  async work(log, signal) {
    const config = { ...readConfig(process.env, restoreZookeeperSettings), signal };
    const objects = openObjects(config);
    const names = await namesOf(objects, config.prefix);
    const name = config.from === 'newest' ? names.at(-1) : names.find((one) => one === config.from);
    if (name === undefined) throw new Error(`there is no copy of the ensemble as ${config.from}`);
    const volume = dirname(config.data);
    const fresh = await mkdtemp(join(volume, 'restoring-'));
    await readArchive(objects, await readManifest(objects, config.prefix, name), fresh);
    const aside = join(volume, `before-${nameOf(new Date())}`);
    const had = await readdir(config.data).then(
      (files) => files.length > 0,
      () => false,
    );
    if (had) await rename(config.data, aside);
    await rename(fresh, config.data);
    log.info({ name, ...(had ? { aside } : {}) }, 'restored');
  },
});
