import { allowedBy } from '../../../apps/preempt/collector/budget.ts';
import { type Observation, readObservation } from '../../../apps/preempt/message/observation.ts';
import { startPreemptWorker } from '../../../trial/preempt.ts';
import { type OpenMeteo, type OpenMeteoOptions, startOpenMeteo } from '../../../trial/services/open-meteo.ts';
import type { RunningWorker } from '../../../trial/worker.ts';
import type { Platform } from './platform.ts';

/** Locations that nobody collected yet, an empty stream, and a day of which nothing is spent. */
export interface Collecting {
  readonly stream: string;
  readonly run: (options?: RunOptions) => Promise<RunningWorker>;
  /** Waits until it ended; its status. */
  readonly ended: (options?: RunOptions) => Promise<number | null>;
  /** What the stream holds. */
  readonly messages: () => Promise<Observation[]>;
  readonly spent: () => Promise<number>;
  /** How many locations have been collected. */
  readonly collected: () => Promise<number>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly edit?: (config: string) => string;
  readonly index?: number;
}

let runs = 0;

/** A budget of which any time of the day has more than a run may ask for. */
export const ample = 'daily_budget: 10000000';

export async function startCollecting(
  { trial, pool, redis }: Platform,
  source: OpenMeteo,
  locations: number,
): Promise<Collecting> {
  runs += 1;
  const stream = `test:collect-${runs}`;
  await pool.change('DELETE FROM locations');
  await pool.change('DELETE FROM source_calls');
  await pool.change('DELETE FROM source_pause');
  const places = Array.from({ length: locations }, (_, index) => [
    index + 1,
    `place ${index + 1}`,
    `place ${index + 1}`,
    'DE',
    -80 + (160 * index) / locations,
    -170 + ((index * 37) % 340),
    1,
    'UTC',
  ]);
  await pool.change(
    'INSERT INTO locations (id, name, search_name, country, latitude, longitude, population, timezone) VALUES ?',
    [places],
  );
  const run = ({ env = {}, edit = (config) => config, index = 0 }: RunOptions = {}) => {
    runs += 1;
    return startPreemptWorker(trial, {
      workload: 'CronJob/collector',
      source: source.url,
      label: `run${runs}`,
      index,
      env,
      edit: (text, path) =>
        path.endsWith('/config.yaml')
          ? edit(
              text
                .replace('name: weather:observations', `name: ${stream}`)
                .replace(/daily_budget: .*/, ample),
            )
          : text,
    });
  };
  return {
    stream,
    run,
    ended: async (options) => (await (await run(options)).ended).status,
    async messages() {
      type Entries = readonly (readonly [string, readonly string[]])[];
      const entries = await redis.send<Entries>(['XRANGE', stream, '-', '+']);
      return entries.map(([, fields]) => {
        const read = readObservation(fields[1]);
        if (!read.ok) throw new Error(read.reason);
        return read.observation;
      });
    },
    async spent() {
      const [row] = await pool.query<{ spent: number }>('SELECT SUM(spent) AS spent FROM source_calls');
      return Number(row?.spent ?? 0);
    },
    async collected() {
      const [row] = await pool.query<{ count: number }>(
        'SELECT COUNT(*) AS count FROM locations WHERE collected_at IS NOT NULL',
      );
      return row?.count ?? 0;
    },
  };
}

/** What a budget permits by now, of the two moments that a test may run over. */
export function allowedNow(budget: number): number {
  return allowedBy(new Date(), budget);
}

/** Does something beside a double that answers as it is told, and takes it away. */
export async function withSource<Value>(
  options: OpenMeteoOptions,
  work: (source: OpenMeteo) => Promise<Value>,
): Promise<Value> {
  const source = await startOpenMeteo(options);
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}
