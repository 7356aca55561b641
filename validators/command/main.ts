import { UsageError } from '../usage-error.ts';

/**
 * Runs a command's work and ends the process with its exit code: 0 done, 1 it found something, 2 it could not run.
 * A wrong argument, and every error that is not a bug, is one clear message without a stack.
 */
export async function main(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    const usage =
      error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    const message = error instanceof Error ? error.message : String(error);
    const stack = !usage && process.env.DEBUG && error instanceof Error ? `\n${error.stack}` : '';
    process.stderr.write(`${message}${stack}\n`);
    process.exitCode = 2;
  }
}
