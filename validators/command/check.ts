import { resolve } from 'node:path';
import type { CheckedTarget } from '../check.ts';
import { MistakenFiles } from '../mistaken-files.ts';
import { type Format, formatReport, formats } from '../reports/format.ts';
import { plainReport } from '../reports/plain.ts';
import { countFindings, type Report, reportOf, reportOfMistakes } from '../reports/report.ts';
import { textReport } from '../reports/text.ts';
import { rules } from '../rules/index.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Tools } from '../tools/locate.ts';
import { UsageError } from '../usage-error.ts';
import { readArguments } from './arguments.ts';
import { checkOthers } from './others.ts';
import { startProgress } from './progress.ts';

/** How the check of a repository's own targets is asked for. */
export interface OwnOptions {
  readonly useCache: boolean;
  /** Another repository than the one around the command, absolute. */
  readonly root?: string;
  /** Where results are kept, absolute. */
  readonly cache?: string;
  readonly progress: (message: string) => void;
}

/** Where the check runs: in a repository that has targets of its own, or as a package beside somebody else's. */
export interface Surroundings {
  /** What `--help` shows. */
  readonly help: string;
  /** Of whoever is named in reports. */
  readonly version: string;
  /** Finds kustomize and kubeconform, or builds them. */
  readonly tools: (progress: (message: string) => void) => Promise<Tools>;
  /** A folder for files of this run. */
  readonly scratch: string;
  /** Checks the targets that the words name, none meaning all; absent where there are none. */
  readonly own?: (words: readonly string[], options: OwnOptions) => Promise<CheckedTarget[]>;
}

const shared = {
  path: { type: 'string' as const, multiple: true as const, default: [] as string[] },
  every: { type: 'string' as const, multiple: true as const, default: [] as string[] },
  rendered: { type: 'string' as const, multiple: true as const, default: [] as string[] },
  environment: { type: 'string' as const },
  format: { type: 'string' as const, default: 'text' },
  help: { type: 'boolean' as const, short: 'h', default: false },
};

const withOwn = {
  ...shared,
  'no-cache': { type: 'boolean' as const, default: false },
  root: { type: 'string' as const },
  cache: { type: 'string' as const },
};

/**
 * The check as a command: reads its arguments, reports on standard output and tells its progress on standard error.
 * @returns the exit code: 0 nothing is wrong, 1 errors were found, 2 some of what it was given could not be read.
 * @throws UsageError when it cannot run as it is asked to.
 */
export async function checkCommand(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { own, help, version } = surroundings;
  const { values: given, positionals } = readArguments({
    args: [...args],
    allowPositionals: true,
    // Without targets of its own it has fewer options, and whoever uses another one is told so.
    options: (own === undefined ? shared : withOwn) as typeof withOwn,
  });
  if (given.help) {
    process.stdout.write(help);
    return 0;
  }
  const { format, path, every, rendered, environment } = given;
  if (format !== 'text' && !isFormat(format)) {
    throw new UsageError(
      `there is no format ${format}${didYouMean(format, formats)}; known are text, ${formats.join(', ')}`,
    );
  }
  const others = path.length + every.length + rendered.length > 0;
  if (!others && own === undefined)
    throw new UsageError(`name what to check: --path DIR, --every DIR or --rendered FILE\n\n${help}`);
  if (others && rendered.length === 0 && positionals.length > 0) {
    throw new UsageError(`--path takes one folder at a time; "${positionals[0]}" follows it`);
  }
  if (!others && environment !== undefined) {
    throw new UsageError(
      '--environment goes with --path, --every or --rendered; an overlay has its own environment.yaml',
    );
  }
  const progress = startProgress();
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  let report: Report;
  let unread: readonly string[] = [];
  let text: string;
  if (others || own === undefined) {
    const checked = await checkOthers({
      paths: path,
      every,
      rendered: rendered.length === 0 ? [] : [...rendered, ...positionals],
      environment,
      tools: await surroundings.tools(progress.say),
      scratch: surroundings.scratch,
      progress: progress.say,
    });
    ({ report, unread } = checked);
    text = plainReport(report, { colour });
  } else {
    try {
      const checked = await own(positionals, {
        useCache: given['no-cache'] !== true,
        ...(given.root === undefined ? {} : { root: resolve(given.root) }),
        ...(given.cache === undefined ? {} : { cache: resolve(given.cache) }),
        progress: progress.say,
      });
      report = reportOf(checked);
      text = textReport(checked, { colour });
    } catch (error) {
      if (!(error instanceof MistakenFiles)) throw error;
      progress.say('nothing was judged: the files by which the rest is judged are wrong');
      report = reportOfMistakes(error);
      text = plainReport(report, { colour });
    }
  }
  progress.done();
  process.stdout.write(format === 'text' ? text : formatReport(report, format, rules, version));
  for (const message of unread) process.stderr.write(`${message}\n`);
  if (unread.length > 0) return 2;
  return countFindings(report).errors > 0 ? 1 : 0;
}

function isFormat(word: string): word is Format {
  return (formats as readonly string[]).includes(word);
}
