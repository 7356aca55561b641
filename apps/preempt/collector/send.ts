import type { Redis } from '@plumbline/kit/redis';
import { writeObservation } from '../message/observation.ts';
import type { Insist } from './insist.ts';
import type { Current } from './source.ts';

/** Gives what was observed to the stream, and resolves when it acknowledged all. What it did not is sent again. */
export async function send(
  redis: Redis,
  stream: string,
  currents: readonly Current[],
  collectedAt: Date,
  insist: Insist,
): Promise<void> {
  let left = currents;
  await insist('redis', async () => {
    const failed: Current[] = [];
    let why: unknown;
    const one = async (current: Current) => {
      const { place, observedAt = '', values } = current;
      const at = collectedAt.toISOString();
      const data = writeObservation({ location: place.id, collectedAt: at, observedAt, values });
      try {
        await redis.send(['XADD', stream, '*', 'data', data]);
      } catch (error) {
        failed.push(current);
        why = error;
      }
    };
    await Promise.all(left.map(one));
    left = failed;
    if (failed.length > 0) throw why;
  });
}
