import { type Callback, type Context, type Test, suite as uvuSuite } from 'uvu';

/** uvu's suite, whose `before` hooks print what they throw: uvu itself would hide it. */
export function suite<T = Context>(name: string): Test<T> {
  const made = uvuSuite<T>(name);
  const before = made.before;
  const loud = (hook: Callback<T>) =>
    before(async (context) => {
      try {
        await hook(context);
      } catch (error) {
        process.stderr.write(
          `before hook of "${name}" threw: ${error instanceof Error ? error.stack : String(error)}\n`,
        );
        process.exitCode = 1;
        throw error;
      }
    });
  made.before = Object.assign(loud, { each: before.each });
  return made;
}
