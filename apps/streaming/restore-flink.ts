/**
 * restore-flink: puts a savepoint from the store of objects where the next start of the job finds it. Flink must not run, unless
 * it only looks.
 */
import { mkdir, mkdtemp, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig, runWorker } from '@plumbline/kit';
import { nameOf, openObjects, readArchive } from '@plumbline/kit/backup';
import { findSavepoint } from './backup/find-savepoint.ts';
import { restoreFlinkSettings } from './backup/settings.ts';

/** What the claim held before is of another time: a job that went on from it would lose or repeat. */
const outdated = ['checkpoints', 'ha', 'jobs', 'savepoints'];

await runWorker({
  name: 'restore-flink',
  async work(log, signal) {
    const config = { ...readConfig(process.env, restoreFlinkSettings), signal };
    const { state, prefix } = config;
    const objects = openObjects(config);
    if (config.look === 'yes') {
      const { manifest, savepoint } = await findSavepoint(objects, prefix, config, log);
      log.info({ name: manifest.name, savepoint, settledAt: manifest.facts.settledAt }, 'is there');
      return;
    }
    if (await answers(config.url)) throw new Error(`Flink runs at ${config.url}: stop it first`);
    if (config.from === 'nothing') {
      log.info({ aside: await putAside(state) }, 'the job begins with nothing');
      return;
    }
    const { manifest, jobId, savepoint } = await findSavepoint(objects, prefix, config, log);
    const fresh = await mkdtemp(join(state, 'restoring-'));
    await readArchive(objects, manifest, join(fresh, savepoint));
    const aside = await putAside(state);
    await rename(fresh, join(state, 'savepoints'));
    await mkdir(join(state, 'jobs'));
    // By this note submit-job.sh knows whose savepoint it is to look for.
    await writeFile(join(state, 'jobs', config.job), `${jobId}\n`);
    log.info({ name: manifest.name, savepoint, aside }, 'restored');
  },
});

/** Leaves nothing that a job could go on from. @returns where it is, for a person to delete */
async function putAside(state: string): Promise<string> {
  const there = await readdir(state);
  const aside = join(state, `before-${nameOf(new Date())}`);
  await mkdir(aside);
  for (const name of outdated) if (there.includes(name)) await rename(join(state, name), join(aside, name));
  return aside;
}

/** Something that answers at all is a JobManager that may write. */
async function answers(url: string): Promise<boolean> {
  try {
    await fetch(`${url}/overview`, { signal: AbortSignal.timeout(5000) });
    return true;
  } catch {
    return false;
  }
}
