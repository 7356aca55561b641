import { UsageError } from '@plumbline/validators';
import { type Counts, GaveUp, generate, noCounts, Refused } from '../apps/big-data/generator/index.ts';
import { readArguments } from './lib/arguments.ts';
import { main } from './lib/main.ts';
import { startProgress } from './lib/progress.ts';

const help = `Usage: npm run generate -- [--rate N] [--duration SECONDS] [--seed N] [options]

Sends what happens in a storefront (visits with views, carts and purchases, by the rhythm of a day and with bursts) to
the producer-gateway of big-data, and counts what it acknowledged. The same seed and start give the same events.

  --url URL          the gateway (default http://localhost:8000)
  --rate N           events a second, as the mean of a day without bursts (default 50)
  --duration N       seconds (default 60)
  --seed N           a whole number (default 1)
  --speed N          seconds of the storefront in one of yours (default 1): 1440 is a day a minute. What lies more than
                     ten minutes back when it is sent is late, and counted in no window
  --start TIME       where the storefront's clock begins (default so that it ends now): 2026-03-01T12:00:00Z
  --steady           without rhythm and bursts
  --late SHARE       the share of events that come ten minutes to an hour late, 0 to 1 (default 0)
  --malformed SHARE  the share of events that are spoilt, 0 to 1 (default 0): the gateway refuses them
  --batch N          events of a request at most (default 500)
  --lanes N          requests at a time at most (default 4); a session stays in one
  --patience N       seconds without an acknowledgement after which it gives up (default 60)
  --help             show this

INGEST_TOKEN in the environment is sent as the token, where the gateway wants one.

Exit codes: 0 every event was acknowledged, and only spoilt ones were refused; 1 some were not; 2 the command is wrong,
or the gateway did not answer at all.
`;

const options = {
  url: { type: 'string', default: 'http://localhost:8000' },
  rate: { type: 'string', default: '50' },
  duration: { type: 'string', default: '60' },
  seed: { type: 'string', default: '1' },
  speed: { type: 'string', default: '1' },
  start: { type: 'string' },
  steady: { type: 'boolean', default: false },
  late: { type: 'string', default: '0' },
  malformed: { type: 'string', default: '0' },
  batch: { type: 'string', default: '500' },
  lanes: { type: 'string', default: '4' },
  patience: { type: 'string', default: '60' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

await main(async () => {
  const { values } = readArguments({ options });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const rate = number('rate', values.rate, 0.01, 100_000);
  const duration = number('duration', values.duration, 0.1, 31_536_000);
  const speed = number('speed', values.speed, 1, 100_000);
  // A storefront that is faster than the clock would end in the future, and a gateway takes nothing from there.
  const begin = Date.now() - (speed === 1 ? 0 : duration * speed * 1000);
  const start = values.start === undefined ? begin : Date.parse(values.start);
  if (Number.isNaN(start))
    throw new UsageError(`--start takes a time as 2026-03-01T12:00:00Z, not "${values.start}"`);
  const url = values.url.replace(/\/+$/, '');
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new UsageError(`--url takes the URL of the gateway, http:// or https://, not "${values.url}"`);
  const settings = {
    seed: number('seed', values.seed, 0, 2 ** 32 - 1, true),
    steady: values.steady,
    late: number('late', values.late, 0, 1),
    malformed: number('malformed', values.malformed, 0, 1),
    batch: number('batch', values.batch, 1, 10_000, true),
    lanes: number('lanes', values.lanes, 1, 64, true),
    patience: number('patience', values.patience, 1, 86_400) * 1000,
  };
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const counts = noCounts();
  const progress = startProgress();
  const show = () => progress.say(describe(counts, (performance.now() - began) / 1000, duration));
  const began = performance.now();
  const timer = setInterval(show, process.stderr.isTTY ? 200 : 5000);
  let failure: unknown;
  try {
    await generate({
      ...{ rate, duration, speed, start, url, counts },
      ...settings,
      token: process.env.INGEST_TOKEN ?? '',
      signal: controller.signal,
    });
  } catch (error) {
    failure = error;
  } finally {
    clearInterval(timer);
    progress.done();
  }
  return conclude(counts, (performance.now() - began) / 1000, failure, controller.signal.aborted);
});

/** Says how it went. @returns the exit code */
function conclude(counts: Counts, seconds: number, failure: unknown, stopped: boolean): number {
  const { made, acknowledged, refused, unexpected, retries } = counts;
  const missing = made - acknowledged - refused - unexpected;
  process.stdout.write(
    `made ${made}, acknowledged ${acknowledged}, refused ${refused}, unacknowledged ${missing + unexpected}, retries ${retries}, ${seconds.toFixed(1)} s\n`,
  );
  if (stopped) return 130;
  if (failure instanceof GaveUp || failure instanceof Refused) {
    process.stderr.write(`${failure.message}\n`);
    if (acknowledged > 0 || refused > 0) return 1;
    process.stderr.write(
      'Is the gateway there? kubectl -n big-data port-forward svc/producer-gateway 8000:8000\n',
    );
    return 2;
  }
  if (failure !== undefined) throw failure;
  if (unexpected > 0) process.stderr.write(`${unexpected} events were refused that were not spoilt\n`);
  return missing + unexpected === 0 ? 0 : 1;
}

function describe(counts: Counts, seconds: number, duration: number): string {
  const width = 24;
  const done = Math.min(1, seconds / duration);
  const bar = '#'.repeat(Math.round(done * width)).padEnd(width, '.');
  const { acknowledged, refused, waiting } = counts;
  const figures = [
    `${Math.round(done * 100)} %`.padStart(5),
    `${acknowledged} acknowledged`,
    `${Math.round(acknowledged / Math.max(seconds, 0.001))}/s`,
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(waiting === undefined ? [] : [`waiting: ${waiting}`]),
  ];
  return `[${bar}] ${figures.join(', ')}`;
}

/** A number between two others. @throws UsageError when it is none */
function number(option: string, text: string, least: number, most: number, whole = false): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(
    `--${option} takes a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not "${text}"`,
  );
}
