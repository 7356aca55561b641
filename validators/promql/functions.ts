/** What an expression gives. */
export type Type = 'vector' | 'scalar' | 'range' | 'text';

/** What a function of Prometheus takes and gives. */
export interface Signature {
  readonly takes: readonly Type[];
  readonly least: number;
  readonly most: number;
  readonly gives: Type;
}

const letters: Readonly<Record<string, Type>> = { v: 'vector', s: 'scalar', r: 'range', t: 'text' };

/**
 * Functions by what they take, a letter an argument; `?` after the last: it may be left out; `*`: there may be none or
 * several of it. Source: prometheus/prometheus, `promql/parser/functions.go`.
 */
const takes: Readonly<Record<string, string>> = {
  '': 'pi time start end range step start_timestamp',
  v:
    'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count ' +
    'histogram_sum histogram_stddev histogram_stdvar ln log10 log2 rad scalar sgn sin sinh sort sort_desc sqrt tan tanh timestamp',
  'v?': 'days_in_month day_of_month day_of_week day_of_year hour minute month year',
  'vs?': 'round',
  'vv?': 'info',
  vs: 'clamp_max clamp_min',
  vss: 'clamp',
  s: 'vector',
  ss: 'max_of min_of',
  sv: 'histogram_quantile',
  ssv: 'histogram_fraction',
  'vtss*': 'histogram_quantiles',
  r:
    'absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate ' +
    'last_over_time mad_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time ' +
    'stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time',
  rs: 'predict_linear',
  rss: 'double_exponential_smoothing holt_winters',
  sr: 'quantile_over_time',
  vtttt: 'label_replace',
  'vttt*': 'label_join',
  'vt*': 'sort_by_label sort_by_label_desc',
};

const scalars = new Set('pi time start end range step scalar max_of min_of'.split(' '));

/** Every function of Prometheus, the experimental ones too, by its name. */
export const functions: ReadonlyMap<string, Signature> = new Map(
  Object.entries(takes).flatMap(([pattern, names]) => {
    const types = [...pattern].flatMap((letter) => letters[letter] ?? []);
    const least = /[?*]$/.test(pattern) ? types.length - 1 : types.length;
    const most = pattern.endsWith('*') ? Number.POSITIVE_INFINITY : types.length;
    return names
      .split(' ')
      .map((name): [string, Signature] => [
        name,
        { takes: types, least, most, gives: scalars.has(name) ? 'scalar' : 'vector' },
      ]);
  }),
);

/** Aggregations, with the type of their parameter where they have one. Source: as above, `lex.go`. */
export const aggregations: ReadonlyMap<string, Type | undefined> = new Map([
  ...'sum avg count min max group stddev stdvar'.split(' ').map((name) => [name, undefined] as const),
  ...'topk bottomk quantile limitk limit_ratio'.split(' ').map((name) => [name, 'scalar'] as const),
  ['count_values', 'text'] as const,
]);
