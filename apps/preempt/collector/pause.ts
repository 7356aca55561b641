import type { Answer } from './source.ts';

const milliseconds = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Until when an answer wants nobody to ask: as long as its Retry-After says, a day at most; of a limit without one until
 * the minute, the hour or the day of UTC is over, and a moment longer. Undefined where it does not say.
 */
export function pauseOf(answer: Answer, now: Date): Date | undefined {
  if (answer.kind !== 'limited' && answer.kind !== 'failed') return undefined;
  if (answer.retryAfter !== undefined) {
    return new Date(now.getTime() + Math.min(answer.retryAfter, milliseconds.day));
  }
  if (answer.kind === 'failed') return undefined;
  const window = milliseconds[answer.window];
  return new Date((Math.floor(now.getTime() / window) + 1) * window + Math.random() * 2000);
}
