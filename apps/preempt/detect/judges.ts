import type { Session } from '@plumbline/kit/mysql';
import {
  fieldOf,
  fitSeries,
  type Judge,
  limitsFor,
  type Observation,
  thin,
  usualLimits,
} from '../judgement/index.ts';
import type { Models } from '../models/index.ts';
import { sql } from '../sql/index.ts';

export interface Chosen {
  readonly judge: Judge;
  /** For the column `judged_by`. */
  readonly by: string;
  /** Why it is not a model, for people. */
  readonly note?: string;
}

export interface ChoiceOptions {
  readonly models: Models;
  readonly historyMilliseconds: number;
  readonly raiseAt: number;
  readonly clearAt: number;
}

/**
 * What a series is judged by: its trained model where the volume has it, else statistics of its history, made here.
 * @returns undefined when the history is too short for either.
 */
export async function chooseJudge(
  session: Session,
  location: number,
  field: { readonly id: number; readonly name: string },
  newest: number,
  { models, historyMilliseconds, raiseAt, clearAt }: ChoiceOptions,
): Promise<Chosen | undefined> {
  const known = fieldOf(field.name);
  const limits = models.limits[field.name] ?? usualLimits(field.name);
  const model = models.locations.get(location)?.[field.name];
  if (model !== undefined) {
    const judge = { field: known, model, limits: limitsFor(model, limits), raiseAt, clearAt };
    return { judge, by: `model ${models.version}` };
  }
  const since = new Date(newest - historyMilliseconds);
  const rows = await session.query<{ at: Date; value: number }>(sql['read-history'], [
    location,
    field.id,
    since,
  ]);
  const fitted = fitSeries(known, thin(observationsOf(rows)), { by: 'statistics' });
  if (fitted === undefined) return undefined;
  const why = models.why(location);
  return {
    judge: { field: known, model: fitted, limits: limitsFor(fitted, limits), raiseAt, clearAt },
    by: `statistics: ${why}`.slice(0, 100),
    note: `judged by statistics alone: ${why}`,
  };
}

export function observationsOf(
  rows: readonly { readonly at: Date; readonly value: number }[],
): Observation[] {
  return rows.map(({ at, value }) => ({ at: at.getTime(), value }));
}
