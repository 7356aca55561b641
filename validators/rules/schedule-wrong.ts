import type { CronJob } from '../model/kubernetes.ts';
import type { Rule } from './rule.ts';

const fields = [
  { name: 'minute', from: 0, to: 59, words: [] as string[] },
  { name: 'hour', from: 0, to: 23, words: [] as string[] },
  { name: 'day of month', from: 1, to: 31, words: [] as string[] },
  { name: 'month', from: 1, to: 12, words: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  { name: 'day of week', from: 0, to: 7, words: 'sun mon tue wed thu fri sat'.split(' ') },
] as const;
const descriptors = new Set([
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@midnight',
  '@hourly',
]);
const daysIn = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

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
    if (more !== undefined || !/^\d+$/.test(step) || step === '0')
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

/**
 * What is wrong with a cron schedule, or undefined for one that fires.
 * Source: github.com/robfig/cron v3 (standard parser), which the CronJob controller uses.
 */
export function scheduleMistake(schedule: string): string | undefined {
  const text = schedule.trim();
  if (/^(?:CRON_)?TZ=/.test(text)) return 'a time zone belongs in spec.timeZone';
  if (text.startsWith('@')) {
    if (descriptors.has(text) || /^@every \d+(?:\.\d+)?(?:h|m|s|ms)(?:\d+(?:h|m|s))*$/.test(text))
      return undefined;
    return `${text} is no descriptor; there are ${[...descriptors].join(', ')}`;
  }
  const parts = text.split(/\s+/);
  if (parts.length !== 5)
    return `it has ${parts.length} fields and needs five: minute, hour, day of month, month, day of week`;
  try {
    const values = parts.map((part, index) => parseField(part, fields[index] as (typeof fields)[number]));
    const [, , days = [], months = []] = values;
    const anyWeekday = parts[4] === '*' || parts[4] === '?';
    const fires = !anyWeekday || months.some((month) => days.some((day) => day <= (daysIn[month - 1] ?? 31)));
    return fires ? undefined : `no such day: ${parts[2]} of month ${parts[3]} never comes`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A CronJob's schedule does not parse, or never fires. */
export const scheduleWrong: Rule = {
  id: 'schedule-wrong',
  severity: 'error',
  family: 'jobs',
  title: 'a schedule does not parse, or never fires',
  *check({ model }) {
    for (const { object } of model.workloads) {
      if (object.kind !== 'CronJob') continue;
      const schedule = (object as unknown as CronJob).spec?.schedule ?? '';
      const mistake = scheduleMistake(schedule);
      if (mistake === undefined) continue;
      yield {
        object,
        path: 'spec.schedule',
        message: `"${schedule}" is no schedule: ${mistake}; the API server would refuse it, or it would never run`,
      };
    }
  },
};
