import { pairs, type Reply } from '../../../apps/kit/redis/index.ts';
import { type Observation, writeObservation } from '../../../apps/preempt/message/observation.ts';
import { ledgerOf } from '../../../apps/preempt/store/group.ts';
import { startPreemptWorker } from '../../../trial/preempt.ts';
import { until } from '../../../trial/until.ts';
import type { RunningWorker } from '../../../trial/worker.ts';
import type { Platform } from './platform.ts';

/** A stream of a test's own, whose messages are of locations of their own. */
export interface Stream {
  readonly name: string;
  readonly deadLetter: string;
  readonly group: string;
  /** Every observation that was sent, in its order. */
  readonly sent: Observation[];
  /** Makes observations, 15 minutes apart, for each of the stream's locations in turn. */
  readonly make: (count: number) => Observation[];
  /** Sends observations as the collector would; resolves with their ids. */
  readonly send: (observations: readonly Observation[]) => Promise<string[]>;
  /** Sends texts that are no observations. */
  readonly sendTexts: (texts: readonly string[]) => Promise<string[]>;
  readonly startStore: (options?: StoreOptions) => Promise<RunningWorker>;
  /** Waits until all of the stream was delivered and nothing is pending. */
  readonly drained: (deadline?: number) => Promise<void>;
  /** What the database has of the stream's locations. */
  readonly rows: () => Promise<Row[]>;
  readonly lost: () => Promise<number>;
  readonly deadLetters: () => Promise<Map<string, Reply>[]>;
}

export interface StoreOptions {
  readonly index?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Of config.yaml. */
  readonly edit?: (text: string) => string;
}

export interface Row {
  readonly location: number;
  readonly field: string;
  readonly observedAt: Date;
  readonly value: number;
  readonly collectedAt: Date;
}

export const fields = ['temperature_2m', 'relative_humidity_2m', 'precipitation'] as const;
const locations = 50;
const began = Date.UTC(2026, 0, 1);
let streams = 0;
let runs = 0;

/** Makes a stream, with its locations in the database. */
export async function newStream({ trial, pool, redis }: Platform, title: string): Promise<Stream> {
  streams += 1;
  const base = streams * 1000;
  const [name, group, deadLetter] = [`test:${title}`, 'store', `test:${title}:dead`];
  const places = Array.from({ length: locations }, (_, index) => [
    base + index,
    `place ${base + index}`,
    `place ${base + index}`,
    'DE',
    0,
    0,
    1,
    'UTC',
  ]);
  await pool.change(
    'INSERT INTO locations (id, name, search_name, country, latitude, longitude, population, timezone) VALUES ?',
    [places],
  );
  const sent: Observation[] = [];
  let made = 0;
  const add = (text: string) => redis.send<string>(['XADD', name, '*', 'data', text]);
  return {
    name,
    group,
    deadLetter,
    sent,
    make: (count) =>
      Array.from({ length: count }, () => {
        const [turn, index] = [Math.floor(made / locations), made % locations];
        made += 1;
        const observed = began + turn * 15 * 60_000;
        return {
          location: base + index,
          observedAt: `${new Date(observed).toISOString().slice(0, 16)}Z`,
          collectedAt: new Date(observed + 60_000 + index).toISOString(),
          values: Object.fromEntries(fields.map((field, at) => [field, turn + index / 100 + at / 8])),
        };
      }),
    async send(observations) {
      sent.push(...observations);
      return Promise.all(observations.map((one) => add(writeObservation(one))));
    },
    sendTexts: (texts) => Promise.all(texts.map(add)),
    startStore({ index = 0, env = {}, edit = (config: string) => config }: StoreOptions = {}) {
      runs += 1;
      return startPreemptWorker(trial, {
        workload: 'Deployment/store',
        index,
        label: `run${runs}`,
        // Small batches, so that there are many instants to be killed at; and dead ones are not waited for long.
        env: { STORE_BATCH_ENTRIES: '20', STORE_CLAIM_SECONDS: '2', STORE_RETRY_SECONDS: '0', ...env },
        edit: (text, path) =>
          path.endsWith('/config.yaml')
            ? edit(
                text
                  .replace('name: weather:observations', `name: ${name}`)
                  .replace('dead_letter: weather:dead-letter', `dead_letter: ${deadLetter}`),
              )
            : text,
      });
    },
    async drained(deadline = 60_000) {
      await until(
        async () => {
          const stream = pairs(await redis.send(['XINFO', 'STREAM', name]));
          const groups = await redis.send<readonly Reply[]>(['XINFO', 'GROUPS', name]);
          const of = pairs(groups[0] ?? []);
          return of.get('pending') === 0 && of.get('last-delivered-id') === stream.get('last-generated-id');
        },
        { deadline, what: `the end of ${name}` },
      );
    },
    rows: () =>
      pool.query<Row>(
        `SELECT location_id AS location, name AS field, observed_at AS observedAt, value, collected_at AS collectedAt
         FROM observations JOIN fields ON fields.id = field_id
         WHERE location_id >= ? AND location_id < ?`,
        [base, base + 1000],
      ),
    lost: async () => Number((await redis.send<string | null>(['HGET', ledgerOf(name, group), 'lost'])) ?? 0),
    async deadLetters() {
      const found = await redis.send<readonly (readonly [string, readonly string[]])[]>([
        'XRANGE',
        deadLetter,
        '-',
        '+',
      ]);
      return found.map(([, list]) => pairs(list));
    },
  };
}
