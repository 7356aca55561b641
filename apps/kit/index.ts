export { type Backoff, backoff } from './backoff.ts';
export {
  ConfigError,
  choice,
  httpUrl,
  list,
  listenAddress,
  matching,
  number,
  readConfig,
  type Setting,
  secret,
  text,
} from './config.ts';
export { type Health, type HealthOptions, startHealth } from './health.ts';
export { createLog, type Log } from './log.ts';
export { counter, counterOf, createRegistry, gauge, histogram, Registry } from './metrics.ts';
export { createProgress, exitWhenStuck, type Progress, type ProgressOptions } from './progress.ts';
export { readTexts } from './read-texts.ts';
export { runWorker, type Worker } from './run-worker.ts';
export { type Random, seeded } from './seeded.ts';
export { parseTraceparent, type Span, startTraces, type Traces } from './traces.ts';
export { within } from './within.ts';
