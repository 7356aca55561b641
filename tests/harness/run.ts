import { glob } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pooled, run } from '@plumbline/validators';

/** What one test file came to. */
export interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly milliseconds: number;
  /** What the file printed, with the reason in front where the runner itself failed it. */
  readonly output: string;
  /** All that failed in it was waited for and did not come in time: it is run again, alone, and that run counts. */
  readonly isLate?: true;
  /** It was late beside others, and this is the run alone. */
  readonly isAgain?: true;
}

export interface RunTestsOptions {
  readonly root: string;
  /** Folder below the root whose `*.test.ts` are run. */
  readonly folder: string;
  /** Folders, below the root too, whose files are left out. */
  readonly without?: readonly string[];
  /** Only files whose path contains one of these; all when empty. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds that one file may take. */
  readonly deadline: number;
  /** How many run side by side; by default as many as there are cores. */
  readonly workers?: number;
  /** Words of the files that begin, in this order: those that take longest, so that none of them is the last. */
  readonly first?: readonly string[];
  readonly onResult: (result: FileResult) => void;
}

/** Milliseconds that second runs may take together, going by the first ones: a machine that slow is told of. */
const again = 8 * 60_000;

/**
 * Runs each test file in a process of its own, some side by side, and counts what uvu says.
 *
 * uvu hides an error that a `before` hook throws: the suite's tests do not run, and the file ends with exit 0 and
 * `Passed: 0`. So a file passes only when its exit code is 0, it ran at least one test, and the tests that passed or
 * were skipped are all that it has; whatever is missing counts as failed.
 *
 * A file in which nothing failed but a wait is run once more after all others, alone, and counts as it ends then.
 * @returns the runs that count, one a file
 */
export async function runTests(options: RunTestsOptions): Promise<FileResult[]> {
  const { root, folder, without = [], words, env, deadline, first = [], onResult } = options;
  const workers = options.workers ?? availableParallelism();
  const turn = (file: string) => {
    const at = first.findIndex((word) => file.includes(word));
    return at < 0 ? first.length : at;
  };
  const found = await Array.fromAsync(glob('**/*.test.ts', { cwd: join(root, folder) }));
  const files = found
    .map((file) => join(folder, file))
    .filter((file) => !file.includes('node_modules'))
    .filter((file) => !without.some((other) => file.startsWith(`${other}/`)))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .sort((a, b) => turn(a) - turn(b) || (a < b ? -1 : 1));
  const runFile = async (file: string) => {
    const start = performance.now();
    const args = ['--disable-warning=ExperimentalWarning', file];
    const finished = await run(process.execPath, args, { cwd: root, env, deadline }).catch(
      (error: Error) => ({
        status: 1,
        stdout: Buffer.alloc(0),
        stderr: error.message,
      }),
    );
    const result = judge(file, finished.status, finished.stdout.toString('utf8'), finished.stderr);
    return { ...result, milliseconds: performance.now() - start };
  };
  let left = again;
  const results: FileResult[] = await pooled(files, workers, async (file) => {
    const result: FileResult = await runFile(file);
    const isLate = result.failed > 0 && isOnlyLate(result.output) && result.milliseconds <= left;
    if (isLate) left -= result.milliseconds;
    const told: FileResult = isLate ? { ...result, isLate } : result;
    onResult(told);
    return told;
  });
  for (const [index, late] of results.entries()) {
    if (late.isLate === undefined) continue;
    const second: FileResult = { ...(await runFile(late.file)), isAgain: true };
    onResult(second);
    results[index] = second;
  }
  return results;
}

/** Whether each failure in what uvu printed is that of a wait which came to its deadline. */
export function isOnlyLate(output: string): boolean {
  const failures = output.split(/^ +FAIL +(?=\S)|^before hook of /m).slice(1);
  return (
    failures.length > 0 &&
    failures.every((failure) => /did not come within [\d.]+ s|: not so after \d+ s/.test(failure))
  );
}

/** Counts one file's tests from its exit status and its closing lines. */
export function judge(
  file: string,
  status: number,
  stdout: string,
  stderr: string,
): Omit<FileResult, 'milliseconds'> {
  const output = `${stdout}${stderr}`;
  const total = lastCount(stdout, 'Total');
  const passed = lastCount(stdout, 'Passed') ?? 0;
  const skipped = lastCount(stdout, 'Skipped') ?? 0;
  const fail = (failed: number, reason: string) => ({
    file,
    passed,
    failed,
    skipped,
    output: `${reason}\n${output}`,
  });
  if (total === undefined)
    return fail(1, `${file} ended with status ${status} and no summary: does it call run()?`);
  const missing = total - passed;
  if (missing > 0 && status === 0) {
    return fail(
      missing,
      `${missing} of ${total} tests did not run: a before hook threw, and uvu keeps its error to itself`,
    );
  }
  if (status !== 0) return fail(Math.max(missing, 1), '');
  if (total + skipped === 0) return fail(1, `${file} has no test`);
  return { file, passed, failed: 0, skipped, output };
}

function lastCount(output: string, name: string): number | undefined {
  const found = [...output.matchAll(new RegExp(`^\\s*${name}:\\s+(\\d+)`, 'gm'))].at(-1)?.[1];
  return found === undefined ? undefined : Number(found);
}
