/** One variable of the environment: its name, what it may be, and how its text becomes a value. */
export interface Setting<Value> {
  readonly name: string;
  /** What a right value looks like: the way out of a wrong one. */
  readonly takes: string;
  readonly fallback?: Value;
  /** True for what no message may repeat. */
  readonly secret?: boolean;
  /** True for what may be left out, and not given as nothing. */
  readonly emptyIsWrong?: boolean;
  /** The value, or undefined for a text that is none. */
  readonly parse: (text: string) => Value | undefined;
}

/** Every mistake in the environment, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`the environment is not right:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`);
    this.mistakes = mistakes;
  }
}

type Values<Settings> = {
  readonly [Key in keyof Settings]: Settings[Key] extends Setting<infer Value> ? Value : never;
};

/**
 * Reads the settings from an environment. A variable that is empty counts as one that is not there, unless that is wrong.
 * @throws ConfigError that lists every mistake at once: its name, its value (unless secret), and what it takes.
 */
export function readConfig<Settings extends Readonly<Record<string, Setting<unknown>>>>(
  env: Readonly<Record<string, string | undefined>>,
  settings: Settings,
): Values<Settings> {
  const mistakes: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings)) {
    const given = env[setting.name];
    if (given === '' && setting.emptyIsWrong === true)
      mistakes.push(`${setting.name} is empty: it takes ${setting.takes}`);
    if (given === undefined || given === '') {
      if (setting.fallback === undefined)
        mistakes.push(`${setting.name} is not set: it takes ${setting.takes}`);
      values[key] = setting.fallback;
      continue;
    }
    const value = setting.parse(given);
    const shown = setting.secret === true ? 'has a value that is not right' : `is "${given}"`;
    if (value === undefined) mistakes.push(`${setting.name} ${shown}: it takes ${setting.takes}`);
    values[key] = value;
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return values as Values<Settings>;
}

/** Any text. */
export function text(name: string, takes: string, fallback?: string): Setting<string> {
  return { name, takes, parse: (value) => value, ...(fallback === undefined ? {} : { fallback }) };
}

/** A text that matches. */
export function matching(name: string, takes: string, pattern: RegExp, fallback?: string): Setting<string> {
  return { ...text(name, takes, fallback), parse: (value) => (pattern.test(value) ? value : undefined) };
}

/** Where to listen: `host:port`, or `:port` for every interface; port 0 is any that is free. */
export function listenAddress(name: string, fallback: string): Setting<string> {
  const takes = 'host:port, or :port for every interface; a port is a number up to 65535';
  const parse = (value: string) => {
    const [, port] = /^(?:[\w.-]+|\[[\da-fA-F:.]+\])?:(\d{1,5})$/.exec(value) ?? [];
    return port !== undefined && Number(port) <= 65_535 ? value : undefined;
  };
  return { name, takes, parse, fallback };
}

/** The URL of something that answers HTTP; nothing where there is none. */
export function httpUrl(name: string, what: string): Setting<string> {
  const parse = (value: string) =>
    /^https?:\/\//.test(value) && URL.canParse(value) && !/\s/.test(value) ? value : undefined;
  return { name, takes: `the URL of ${what}, http:// or https://`, parse, fallback: '' };
}

/** A text that no message repeats. */
export function secret(name: string, takes: string, fallback?: string): Setting<string> {
  return { ...text(name, takes, fallback), secret: true };
}

export interface NumberRange {
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
  readonly fallback?: number;
}

/** A number within bounds, both included; whole unless said otherwise. */
export function number(name: string, what: string, range: NumberRange): Setting<number> {
  const { least, most, whole = true, fallback } = range;
  return {
    name,
    takes: `${what}: a ${whole ? 'whole ' : ''}number from ${least} to ${most}`,
    ...(fallback === undefined ? {} : { fallback }),
    parse(value) {
      const parsed = Number(value);
      // As people write numbers: no 0x10, no 1e3.
      const fits = /^-?\d+(?:\.\d+)?$/.test(value) && parsed >= least && parsed <= most;
      return fits && (!whole || Number.isInteger(parsed)) ? parsed : undefined;
    },
  };
}

/** A list between commas, of which each part is right; never empty. */
export function list(
  name: string,
  takes: string,
  isPart: (part: string) => boolean,
  fallback?: readonly string[],
): Setting<readonly string[]> {
  return {
    name,
    takes,
    ...(fallback === undefined ? {} : { fallback }),
    parse(value) {
      const parts = value.split(',').map((one) => one.trim());
      return parts.every(isPart) ? parts : undefined;
    },
  };
}

/** One of some words. */
export function choice<Word extends string>(
  name: string,
  words: readonly Word[],
  fallback: Word,
): Setting<Word> {
  const parse = (value: string) => words.find((word) => word === value);
  return { name, takes: `one of ${words.join(', ')}`, fallback, parse };
}
