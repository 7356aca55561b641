import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
  const paint = (style: 'red' | 'green', text: string) => (colour ? styleText(style, text) : text);
  const tell = ({ file, passed, failed, skipped, milliseconds, output }: FileResult) => {
    const mark = failed === 0 ? paint('green', 'ok  ') : paint('red', 'FAIL');
    const rest = skipped > 0 ? `, ${skipped} skipped` : '';
    process.stdout.write(
      `${mark} ${file} (${passed} passed${rest}, ${(milliseconds / 1000).toFixed(1)} s)\n`,
    );
    if (failed > 0 || verbose) process.stdout.write(`${output.trim()}\n`);
  };
  const sums = process.env.PLUMBLINE_TEST_SUMS;
  // A test that runs tests has sums of its own.
  delete process.env.PLUMBLINE_TEST_SUMS;
  const results = await runTests({ root, ...run, onResult: tell });
  if (results.length === 0) {
    process.stderr.write(`no test file matches ${words.join(', ') || `${folder}/**/*.test.ts`}\n`);
    return 2;
  }
  const sum = (of: (result: FileResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  const own: Sums = {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
  };
  process.stdout.write(run.closing?.() ?? '');
  const { passed, failed, skipped } = addUp(own, sums);
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  return own.failed === 0 ? 0 : 1;
}

interface Sums {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Adds sums to those in a file, where earlier runs left theirs, so that several commands end in one line; keeps them there. */
function addUp(own: Sums, file: string | undefined): Sums {
  if (file === undefined) return own;
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Sums) : undefined;
  const all = {
    passed: own.passed + (before?.passed ?? 0),
    failed: own.failed + (before?.failed ?? 0),
    skipped: own.skipped + (before?.skipped ?? 0),
  };
  writeFileSync(file, JSON.stringify(all));
  return all;
}
