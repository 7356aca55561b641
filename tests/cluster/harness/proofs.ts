import { appendFileSync } from 'node:fs';
import type { Context, Test } from 'uvu';
import { suite } from '../../harness/suite.ts';

/** One test of a suite of proofs, as it came out. */
export interface Proof {
  readonly suite: string;
  /** What the suite's cluster is, or what stands in its place. */
  readonly on: string;
  readonly name: string;
  readonly seconds: number;
  readonly passed: boolean;
}

/**
 * A suite whose tests are written down, for the table that `npm run test:cluster` ends with.
 * @param on what it runs on, in a few words
 */
export function proofs<T = Context>(name: string, on: string): Test<T> {
  const made = suite<T>(name);
  const timed = (test: string, check: (context: T & Context) => unknown) => {
    made(test, async (context) => {
      const start = performance.now();
      const write = (passed: boolean) =>
        note({ suite: name, on, name: test, seconds: (performance.now() - start) / 1000, passed });
      try {
        await check(context as T & Context);
      } catch (error) {
        write(false);
        throw error;
      }
      write(true);
    });
  };
  return Object.assign(timed, {
    before: made.before,
    after: made.after,
    only: made.only,
    skip: made.skip,
    run: made.run,
  }) as unknown as Test<T>;
}

function note(proof: Proof): void {
  const file = process.env.PLUMBLINE_PROOFS;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(proof)}\n`);
}
