import { styleText } from 'node:util';
import { runTests } from '../tests/harness/run.ts';
import { readArguments } from './lib/arguments.ts';
import { main } from './lib/main.ts';
import { startProgress } from './lib/progress.ts';
import { root } from './lib/root.ts';
import { repositoryTools } from './lib/tools.ts';

const help = `Usage: npm test -- [word ...] [--verbose]

Runs every tests/**/*.test.ts, or those whose path contains one of the words, each in a process of its own.

  --verbose   show what each file prints, not only the failing ones
  --help      show this

Exit codes: 0 all passed; 1 some failed; 2 they could not be run.
`;

/** What one file may take; the longest ones start real services. */
const deadline = 10 * 60_000;

await main(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const progress = startProgress();
  const tools = await repositoryTools(progress.say);
  progress.done();
  const colour = process.stdout.isTTY === true;
  const paint = (style: 'red' | 'green', text: string) => (colour ? styleText(style, text) : text);
  const results = await runTests({
    root,
    folder: 'tests',
    words: positionals,
    env: { KUSTOMIZE: tools.kustomize, KUBECONFORM: tools.kubeconform },
    deadline,
    onResult: ({ file, passed, failed, skipped, milliseconds, output }) => {
      const mark = failed === 0 ? paint('green', 'ok  ') : paint('red', 'FAIL');
      const rest = skipped > 0 ? `, ${skipped} skipped` : '';
      process.stdout.write(
        `${mark} ${file} (${passed} passed${rest}, ${(milliseconds / 1000).toFixed(1)} s)\n`,
      );
      if (failed > 0 || values.verbose) process.stdout.write(`${output.trim()}\n`);
    },
  });
  const sum = (of: (result: (typeof results)[number]) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  const skipped = sum((result) => result.skipped);
  if (results.length === 0) {
    process.stderr.write(`no test file matches ${positionals.join(', ') || 'tests/**/*.test.ts'}\n`);
    return 2;
  }
  process.stdout.write(
    `${sum((result) => result.passed)} passed, ${sum((result) => result.failed)} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
  );
  return sum((result) => result.failed) === 0 ? 0 : 1;
});
