import { setImmediate } from 'node:timers/promises';
import type { Pool } from '@plumbline/kit/mysql';
import {
  type Band,
  bandsOf,
  fieldOf,
  type Limits,
  limitsOf,
  type Peaks,
  type SeriesModel,
  usualLimits,
} from '../judgement/index.ts';
import { lineOf } from '../models/index.ts';
import { readHistory } from '../read-history.ts';
import { sql } from '../sql/index.ts';
import { trainSeries } from './train-series.ts';

export interface TrainOptions {
  readonly pool: Pool;
  readonly fields: ReadonlyMap<number, string>;
  readonly historyMilliseconds: number;
  readonly now: number;
  readonly signal: AbortSignal;
  /** Told after each series. */
  readonly onSeries: () => void;
}

export interface Training {
  /** The locations' lines of the models' file. */
  readonly lines: readonly string[];
  readonly limits: Readonly<Record<string, Limits>>;
  readonly bands: readonly {
    readonly location: number;
    readonly field: number;
    readonly bands: readonly Band[];
  }[];
  readonly trained: number;
  /** Series whose history is too short. */
  readonly short: number;
}

/**
 * Trains every series, one at a time: of their histories one is in memory. Undefined when told to end.
 * @throws what the database failed with.
 */
export async function trainAll(options: TrainOptions): Promise<Training | undefined> {
  const { pool, fields, historyMilliseconds, now, signal, onSeries } = options;
  const locations = await pool.query<{ id: number }>(sql['read-time-zones']);
  const peaks = new Map<string, Peaks[]>();
  const lines: string[] = [];
  const bands: { location: number; field: number; bands: Band[] }[] = [];
  let [trained, short] = [0, 0];
  for (const { id } of locations) {
    const models: Record<string, SeriesModel> = {};
    for (const [field, name] of fields) {
      if (signal.aborted) return undefined;
      const { recent, season } = await readHistory(pool, id, field, now, historyMilliseconds);
      const found = trainSeries(name, recent, season);
      onSeries();
      // Probes are answered between two series.
      await setImmediate();
      if (found === undefined) {
        short += 1;
        continue;
      }
      trained += 1;
      models[name] = found.model;
      bands.push({ location: id, field, bands: bandsOf(fieldOf(name), found.model) });
      if (found.peaks !== undefined) peaks.set(name, [...(peaks.get(name) ?? []), found.peaks]);
    }
    lines.push(lineOf(String(id), models));
  }
  const limits = [...fields.values()].map((name) => [
    name,
    limitsOf(peaks.get(name) ?? [], fields.size, usualLimits(name)),
  ]);
  return { lines, limits: Object.fromEntries(limits), bands, trained, short };
}
