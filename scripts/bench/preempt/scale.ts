import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createLog } from '../../../apps/kit/index.ts';
import { connectPool, type Pool } from '../../../apps/kit/mysql/index.ts';
import { day, hour, seasonBefore } from '../../../apps/preempt/judgement/index.ts';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { migratePreempt, startPreemptServices, startPreemptWorker } from '../../../trial/preempt.ts';
import { finished } from '../../../trial/process/start.ts';
import { placesOf, seenWeather } from '../../../trial/seasons/observing.ts';
import { fieldNames } from '../../../trial/seasons/units.ts';
import { openTrial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import type { RunningWorker } from '../../../trial/worker.ts';
import { root } from '../../lib/root.ts';
import { repositoryTools } from '../../lib/tools.ts';
import { watchPeak } from '../worker-costs.ts';

const locations = 892;
/** Places that weather is generated for; the rest have copies of theirs. */
const places = 8;
const deadline = 30 * 60_000;

/**
 * Lets ml-trainer and detector work on every location of the gazetteer with what they read in a second year, 90 days of
 * history and the season of the year before, as the overlay of kind starts them: how long, and the most memory that they held.
 */
export async function benchScale(say: (message: string) => void): Promise<string> {
  const tools = await repositoryTools(say);
  const trial = await openTrial(await renderSystem(root, tools.kustomize, 'kind', 'preempt'), { say });
  try {
    const { mysql } = await startPreemptServices(trial);
    await migratePreempt(trial);
    const pool = connectPool(mysql.login, 'bench', 1, createLog('bench', 'silent'), {
      statementSeconds: 600,
    });
    say('filling');
    const rows = await fill(pool);
    const models = join(trial.folder, 'shared-models');
    await mkdir(models);
    const timed = async (workload: string, label: string, isDone: (worker: RunningWorker) => boolean) => {
      const start = performance.now();
      const worker = await startPreemptWorker(trial, { workload, label, folders: { models } });
      const peak = watchPeak(worker);
      await until(() => isDone(worker), { deadline, what: `${workload} ${label}`, every: 100 });
      const seconds = (performance.now() - start) / 1000;
      return { worker, text: `${label}: ${seconds.toFixed(1)} s, ${Math.round(peak())} MiB` };
    };
    const ended = (worker: RunningWorker) => worker.state() !== undefined;
    const alone = await timed('CronJob/detector', 'all series by statistics alone', ended);
    say(alone.text);
    await finished(alone.worker, 1000);
    const trainer = await timed('Deployment/ml-trainer', 'training', (worker) =>
      /"msg":"trained"/.test(worker.log()),
    );
    say(trainer.text);
    await trainer.worker.stop();
    await pool.change('DELETE FROM judgements');
    const judged = await timed('CronJob/detector', 'all series by models', ended);
    await finished(judged.worker, 1000);
    say(judged.text);
    const idle = await timed('CronJob/detector', 'nothing new', ended);
    await pool.end();
    return `${rows} observations\n${[alone, trainer, judged, idle].map(({ text }) => text).join('\n')}\n`;
  } finally {
    await trial.close();
  }
}

async function fill(pool: Pool): Promise<number> {
  await pool.change('INSERT INTO fields (name, unit) VALUES ?', [fieldNames.map((name) => [name, ''])]);
  const fields = await pool.query<{ id: number; name: string }>('SELECT id, name FROM fields');
  const rows = Array.from({ length: locations }, (_, index) => [index + 1, 'a', 'a', 'DE', 0, 0, 1, 'UTC']);
  await pool.change(
    'INSERT INTO locations (id, name, search_name, country, latitude, longitude, population, timezone) VALUES ?',
    [rows],
  );
  const now = Math.floor(Date.now() / hour) * hour;
  let count = 0;
  for (const [index, place] of placesOf('scale', places).entries()) {
    const season = seasonBefore(now);
    const seen = seenWeather(place, index, { from: season.from, until: now, every: 2 * hour }).filter(
      ({ at }) => at >= now - 90 * day || at < season.until,
    );
    for (const { id, name } of fields) {
      const own = seen.map(({ at, values }) => [
        index + 1,
        id,
        new Date(at),
        values[name as (typeof fieldNames)[number]],
        new Date(at),
      ]);
      await pool.change(
        'INSERT INTO observations (location_id, field_id, observed_at, value, collected_at) VALUES ?',
        [own],
      );
    }
  }
  for (let from = places; from < locations; from += places) {
    const { affected } = await pool.change(
      'INSERT INTO observations SELECT location_id + ?, field_id, observed_at, value, collected_at FROM observations WHERE location_id <= ?',
      [from, Math.min(places, locations - from)],
    );
    count += affected;
  }
  return count;
}
