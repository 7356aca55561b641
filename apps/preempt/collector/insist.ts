import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, type Log } from '@plumbline/kit';
import { isUnavailable as databaseIsUnavailable } from '@plumbline/kit/mysql';
import { isUnavailable as redisIsUnavailable } from '@plumbline/kit/redis';

/** Tries again while a service is away, up to the deadline of the run. @throws what the service fails with then. */
export type Insist = <Value>(service: 'mysql' | 'redis', work: () => Promise<Value>) => Promise<Value>;

/** What is at hand is kept even when told to end. @param remaining milliseconds until the deadline */
export function insistUntil(remaining: () => number, log: Log, signal: AbortSignal): Insist {
  return async (service, work) => {
    const waits = backoff(200, 5000);
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const again = service === 'redis' ? redisIsUnavailable(error) : databaseIsUnavailable(error);
        if (!again || remaining() <= 0) throw error;
        log.warn({ err: error }, `${service} does not answer; trying again`);
        await (signal.aborted ? sleep(500) : waits.wait(signal));
      }
    }
  };
}
