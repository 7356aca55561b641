import type { Session } from '@plumbline/kit/mysql';
import { fieldOf, fitSeries, type Judge, limitsFor, usualLimits } from '../judgement/index.ts';
import type { Models } from '../models/index.ts';
import { readHistory } from '../read-history.ts';

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
  const { recent, season } = await readHistory(session, location, field.id, newest, historyMilliseconds);
  const fitted = fitSeries(known, recent, { by: 'statistics', season });
  if (fitted === undefined) return undefined;
  const why = models.why(location);
  return {
    judge: { field: known, model: fitted, limits: limitsFor(fitted, limits), raiseAt, clearAt },
    by: `statistics: ${why}`.slice(0, 100),
    note: `judged by statistics alone: ${why}`,
  };
}
