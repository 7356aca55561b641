import type { Field } from './fields.ts';
import type { SeriesModel } from './series-model.ts';

/** What is usual in a part of the UTC day, in the field's own unit. */
export interface Band {
  /** Of three hours each, from 0. */
  readonly part: number;
  readonly usual: number;
  /** Two robust standard deviations to each side. */
  readonly lower: number;
  readonly upper: number;
}

/** What is usual at each part of the day, in the season of a series' newest value. */
export function bandsOf(field: Field, { climate }: Pick<SeriesModel, 'climate'>): Band[] {
  const value = (measure: number) => Math.min(field.most, Math.max(field.least, field.unspread(measure)));
  return climate.medians.map((median, part) => {
    const room = 2 * (climate.deviations[part] as number);
    return { part, usual: value(median), lower: value(median - room), upper: value(median + room) };
  });
}
