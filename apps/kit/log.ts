import { type Logger, pino } from 'pino';
import { shortenError } from './log-error.ts';

export type Log = Logger;

/**
 * Structured lines on standard output, with the worker's name and the level as a word. Written at once, so that the
 * last line before the end of a process is not lost. An error under `err` is shortened to itself and its first cause.
 */
export function createLog(worker: string, level = 'info'): Log {
  return pino(
    {
      level,
      base: { worker, ...(process.env.HOSTNAME === undefined ? {} : { pod: process.env.HOSTNAME }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: shortenError },
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ fd: 1, sync: true }),
  );
}
