import { remember } from '../text/remember.ts';

const fields = [
  { name: 'minute', from: 0, to: 59, words: [] as string[] },
  { name: 'hour', from: 0, to: 23, words: [] as string[] },
  { name: 'day of month', from: 1, to: 31, words: [] as string[] },
  { name: 'month', from: 1, to: 12, words: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  { name: 'day of week', from: 0, to: 6, words: 'sun mon tue wed thu fri sat'.split(' ') },
] as const;
const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** A cron schedule, read. */
export type Schedule =
  | { readonly kind: 'every'; readonly seconds: number }
  | {
      readonly kind: 'fields';
      readonly minutes: readonly number[];
      readonly hours: readonly number[];
      readonly days: readonly number[];
      readonly months: readonly number[];
      readonly weekdays: readonly number[];
      readonly anyDay: boolean;
      readonly anyWeekday: boolean;
    };

/** The numbers that one field of a schedule stands for. @throws Error that says which part is wrong. */
function parseField(text: string, field: (typeof fields)[number]): number[] {
  const number = (word: string): number => {
    const named = field.words.indexOf(word.toLowerCase() as never);
    const value = named >= 0 ? named + (field.name === 'month' ? 1 : 0) : Number(word);
    if (!/^\d+$/.test(word) && named < 0) throw new Error(`"${word}" is no ${field.name}`);
    if (value < field.from || value > field.to)
      throw new Error(`${field.name} ${word} lies outside ${field.from}-${field.to}`);
    return value;
  };
  return text.split(',').flatMap((part) => {
    const [range = '', step = '1', more] = part.split('/');
    if (more !== undefined || !/^\d+$/.test(step) || Number(step) === 0)
      throw new Error(`"${part}" is no ${field.name}`);
    let [from, to] = [field.from as number, field.to as number];
    if (range !== '*' && range !== '?') {
      const [first = '', last, extra] = range.split('-');
      if (extra !== undefined) throw new Error(`"${range}" is no range of ${field.name}`);
      from = number(first);
      to = last === undefined ? (part.includes('/') ? field.to : from) : number(last);
      if (from > to) throw new Error(`the range ${range} of ${field.name} runs backwards`);
    }
    return Array.from(
      { length: Math.floor((to - from) / Number(step)) + 1 },
      (_, i) => from + i * Number(step),
    );
  });
}

/** True for a part that stands for every value of its field. */
function isAny(text: string): boolean {
  return text.split(',').some((part) => /^[*?](?:\/1)?$/.test(part));
}

const units: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/**
 * Reads a schedule as the CronJob controller does.
 * Source: github.com/robfig/cron v3 (standard parser).
 * @throws Error that says what is wrong with it.
 */
export function parseSchedule(schedule: string): Schedule {
  const text = schedule.trim();
  if (/^(?:CRON_)?TZ=/.test(text)) throw new Error('a time zone belongs in spec.timeZone');
  const every = /^@every ((?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)$/.exec(text)?.[1];
  if (every !== undefined) {
    let seconds = 0;
    for (const [, amount, unit = ''] of every.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g))
      seconds += Number(amount) * (units[unit] ?? 0);
    return { kind: 'every', seconds: Math.max(1, Math.floor(seconds)) };
  }
  const plain = text.startsWith('@') ? descriptors[text] : text;
  if (plain === undefined)
    throw new Error(`${text} is no descriptor; there are ${Object.keys(descriptors).join(', ')}`);
  const parts = plain.split(/\s+/);
  if (parts.length !== 5)
    throw new Error(
      `it has ${parts.length} fields and needs five: minute, hour, day of month, month, day of week`,
    );
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = parts.map((part, index) =>
    [...new Set(parseField(part, fields[index] as (typeof fields)[number]))].sort((a, b) => a - b),
  );
  const [anyDay, anyWeekday] = [isAny(parts[2] ?? ''), isAny(parts[4] ?? '')];
  return { kind: 'fields', minutes, hours, days, months, weekdays, anyDay, anyWeekday };
}

/** 2024 to 2027: a leap year, and every weekday on every date of a common one but few. */
const firstDay = Date.UTC(2024, 0, 1);
const day = 86_400_000;
const horizon = 4 * 365 + 1;

/** The days, counted from the first one of a span of four years, on which a schedule fires. */
export const daysOf: (schedule: Fields) => readonly number[] = remember(findDays, (schedule) =>
  JSON.stringify(schedule),
);

type Fields = Extract<Schedule, { kind: 'fields' }>;

function findDays(schedule: Fields): number[] {
  const { days, months, weekdays, anyDay, anyWeekday } = schedule;
  const found: number[] = [];
  for (let index = 0; index < horizon; index += 1) {
    const date = new Date(firstDay + index * day);
    if (!months.includes(date.getUTCMonth() + 1)) continue;
    const onDay = days.includes(date.getUTCDate());
    const onWeekday = weekdays.includes(date.getUTCDay());
    // When both are restricted, either will do.
    if (anyDay || anyWeekday ? onDay && onWeekday : onDay || onWeekday) found.push(index);
  }
  return found;
}

/** The least number of seconds between two runs of a schedule, or undefined for one that runs at most once. */
export function shortestGap(schedule: Schedule): number | undefined {
  if (schedule.kind === 'every') return schedule.seconds;
  const times = schedule.hours.flatMap((hour) => schedule.minutes.map((minute) => hour * 60 + minute));
  const days = daysOf(schedule);
  let least = Number.POSITIVE_INFINITY;
  for (let index = 1; index < times.length; index += 1)
    least = Math.min(least, (times[index] as number) - (times[index - 1] as number));
  const overnight = 1440 + (times[0] ?? 0) - (times.at(-1) ?? 0);
  for (let index = 1; index < days.length; index += 1) {
    const between = (days[index] as number) - (days[index - 1] as number) - 1;
    least = Math.min(least, overnight + between * 1440);
  }
  return Number.isFinite(least) ? least * 60 : undefined;
}
