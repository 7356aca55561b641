import { styleText } from 'node:util';
import { type FileResult, runTests } from '../../tests/harness/run.ts';
import { root } from './root.ts';

export interface TestRun {
  /** Folder below the root whose `*.test.ts` are run. */
  readonly folder: string;
  /** Folders below it whose files are another command's. */
  readonly without?: readonly string[];
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds that one file may take. */
  readonly deadline: number;
  /** How many files run side by side; by default as many as there are cores. */
  readonly workers?: number;
  /** Words of the files that begin, in this order. */
  readonly first?: readonly string[];
  readonly verbose: boolean;
  /** What is printed after the files, before the sums. */
  readonly closing?: () => string;
}

/**
 * Runs test files and prints a line each, then one line of sums.
 * @returns 0 when all passed, 1 when some failed, 2 when there was none to run
 */
export async function testRun(run: TestRun): Promise<number> {
  const { folder, words, verbose } = run;
  const colour = process.stdout.isTTY === true;
  const paint = (style: 'red' | 'green' | 'yellow', text: string) => (colour ? styleText(style, text) : text);
  const tell = ({ file, passed, failed, skipped, milliseconds, output, isLate, isAgain }: FileResult) => {
    const bad = isLate ? paint('yellow', 'LATE') : paint('red', 'FAIL');
    const mark = failed === 0 ? paint('green', 'ok  ') : bad;
    const rest =
      (skipped > 0 ? `, ${skipped} skipped` : '') +
      (isLate ? ', to be run again alone' : '') +
      (isAgain ? ', again and alone' : '');
    process.stdout.write(
      `${mark} ${file} (${passed} passed${rest}, ${(milliseconds / 1000).toFixed(1)} s)\n`,
    );
    if (failed > 0 || verbose) process.stdout.write(`${output.trim()}\n`);
  };
  const results = await runTests({ root, ...run, onResult: tell });
  if (results.length === 0) {
    process.stderr.write(`no test file matches ${words.join(', ') || `${folder}/**/*.test.ts`}\n`);
    return 2;
  }
  const sum = (of: (result: FileResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  const second = results.filter(({ isAgain }) => isAgain).map(({ file }) => file);
  if (second.length > 0)
    process.stdout.write(`late beside others, counted as run again alone: ${second.join(', ')}\n`);
  process.stdout.write(run.closing?.() ?? '');
  const [passed, failed] = [sum((result) => result.passed), sum((result) => result.failed)];
  const skipped = sum((result) => result.skipped);
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  return failed === 0 ? 0 : 1;
}
