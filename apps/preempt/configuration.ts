import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** config.yaml, read and judged whole. */
export interface Configuration {
  readonly weather: {
    readonly fields: readonly string[];
    readonly source: {
      readonly url: string;
      readonly locationsPerRequest: number;
      readonly parallelRequests: number;
      /** Calls a UTC day; each location of a request is one. */
      readonly dailyBudget: number;
    };
  };
  readonly stream: {
    readonly name: string;
    readonly group: string;
    readonly deadLetter: string;
    readonly maxDeliveries: number;
  };
  readonly detector: { readonly windowMinutes: number; readonly raiseAt: number; readonly clearAt: number };
  readonly trainer: { readonly historyDays: number; readonly intervalMinutes: number };
}

/** A name of the source's: what a column of it is called. */
export const fieldName = /^[a-z][a-z0-9_]{0,63}$/;

/** @throws Error that names the file and lists every field that is not right, with what it takes. */
export async function readConfiguration(path: string): Promise<Configuration> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new Error(`${path}: ${error.message}: mount config.yaml there, or say where it is by CONFIG_PATH`);
  });
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw new Error(`${path} is no YAML: ${(error as Error).message}`, { cause: error });
  }
  const mistakes: string[] = [];
  const at = (where: string) =>
    where
      .split('.')
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
  const take = <Value>(where: string, takes: string, fits: (value: unknown) => value is Value): Value => {
    const value = at(where);
    if (!fits(value)) mistakes.push(`${where} is ${JSON.stringify(value)}: it takes ${takes}`);
    return value as Value;
  };
  const named = (where: string) =>
    take(where, 'a name', (value): value is string => typeof value === 'string' && /^\S+$/.test(value));
  const within = (where: string, least: number, most: number, whole = true) =>
    take(
      where,
      `a ${whole ? 'whole ' : ''}number from ${least} to ${most}`,
      (value): value is number =>
        typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value)),
    );
  const fields = take(
    'weather.monitored_fields',
    'a list of names of the source, as temperature_2m, each once',
    (value): value is string[] =>
      Array.isArray(value) &&
      value.length > 0 &&
      new Set(value).size === value.length &&
      value.every((one) => typeof one === 'string' && fieldName.test(one)),
  );
  const url = take(
    'weather.source.url',
    'a URL, https://api.open-meteo.com/v1/forecast',
    (value): value is string => typeof value === 'string' && /^https?:/.test(value) && URL.canParse(value),
  );
  const found: Configuration = {
    weather: {
      fields,
      source: {
        url,
        locationsPerRequest: within('weather.source.locations_per_request', 1, 1000),
        parallelRequests: within('weather.source.parallel_requests', 1, 16),
        dailyBudget: within('weather.source.daily_budget', 1, 10_000_000),
      },
    },
    stream: {
      name: named('stream.name'),
      group: named('stream.group'),
      deadLetter: named('stream.dead_letter'),
      maxDeliveries: within('stream.max_deliveries', 1, 1000),
    },
    detector: {
      windowMinutes: within('detector.window_minutes', 1, 1440),
      raiseAt: within('detector.raise_at', 0, 1000, false),
      clearAt: within('detector.clear_at', 0, 1000, false),
    },
    trainer: {
      historyDays: within('trainer.history_days', 1, 3660),
      intervalMinutes: within('trainer.interval_minutes', 1, 10_080),
    },
  };
  if (mistakes.length > 0)
    throw new Error(`${path} is not right:\n${mistakes.map((one) => `  ${one}`).join('\n')}`);
  return found;
}
