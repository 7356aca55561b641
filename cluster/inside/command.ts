import { run } from '@plumbline/validators';
import { inside } from '../layout.ts';

/** A command line as it runs in the cluster's own network namespace. */
export function inNetwork(argv: readonly string[]): [string, ...string[]] {
  return ['nsenter', `--net=${inside.network}`, '--', ...argv];
}

/**
 * Runs a command to its end, and gives what it printed.
 * @param options.deadline milliseconds
 * @throws Error with the command's own words when it fails.
 */
export async function must(
  argv: readonly [string, ...string[]],
  options: { readonly deadline?: number; readonly input?: string } = {},
): Promise<string> {
  const [command, ...args] = argv;
  const { deadline = 30_000, input } = options;
  const done = await run(command, args, { deadline, ...(input === undefined ? {} : { stdin: input }) });
  if (done.status !== 0) {
    throw new Error(`${argv.join(' ')} ended with status ${done.status}: ${done.stderr.trim()}`);
  }
  return done.stdout.toString('utf8');
}
