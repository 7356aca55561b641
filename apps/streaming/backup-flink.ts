/** backup-flink: copies a savepoint of the job, which goes on, to the store of objects. */
import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readConfig, runWorker } from '@plumbline/kit';
import { filesOf, nameOf, openObjects, prune, writeArchive } from '@plumbline/kit/backup';
import { disposeLeftovers, withSavepoint } from './backup/flink.ts';
import { backupFlinkSettings } from './backup/settings.ts';

await runWorker({
  name: 'backup-flink',
  async work(log, signal) {
    const config = { ...readConfig(process.env, backupFlinkSettings), signal };
    const folder = join(config.state, 'backups');
    const objects = openObjects(config);
    const name = nameOf(new Date());
    const flink = { ...config, folder };
    const { disposed, left } = await disposeLeftovers(flink, new Date());
    if (disposed.length > 0) log.info({ disposed }, 'removed what an earlier run left');
    if (left.length > 0)
      log.warn({ left, folder }, 'Flink does not remove what an earlier run left: remove it by hand');
    await withSavepoint(flink, async ({ jobId, location, settledAt }) => {
      log.info({ location, settledAt }, 'a savepoint, and all that it counted is committed');
      const here = join(folder, basename(location));
      // Without it a savepoint is none.
      await access(join(here, '_metadata'));
      const facts = {
        job: config.job,
        jobId,
        savepoint: basename(location),
        settledAt: settledAt.toISOString(),
      };
      const manifest = await writeArchive(objects, config.prefix, name, here, await filesOf(here), facts);
      log.info({ name, files: manifest.files.length }, 'copied');
    });
    log.info({ pruned: await prune(objects, config.prefix, config, new Date()) }, 'done');
  },
});
