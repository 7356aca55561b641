import { resolve } from 'node:path';
import {
  countFindings,
  didYouMean,
  type Format,
  formatReport,
  formats,
  plainReport,
  type Report,
  reportOf,
  rules,
  textReport,
  UsageError,
} from '@plumbline/validators';
import manifest from '../package.json' with { type: 'json' };
import { readArguments } from './lib/arguments.ts';
import { checkOthers } from './lib/check-others.ts';
import { checkRepository } from './lib/check-repository.ts';
import { main } from './lib/main.ts';
import { startProgress } from './lib/progress.ts';

const { version } = manifest;

const help = `Usage: npm run check -- [environment ...] [system ...] [--no-cache] [--format FORM]
       npm run check -- --path DIR [--path DIR ...] [--environment FILE] [--format FORM]
       npm run check -- --rendered FILE ... [--environment FILE] [--format FORM]

Renders every overlay (or those named), validates each object strictly against the vendored schemas, holds it
against the systems' facts and against what its environment offers, and says what each environment asks.

  npm run check                        all environments and systems
  npm run check -- kind preempt        one system in one environment
  npm run check -- production          everything in production
  npm run check -- argocd              what Argo CD is told, and whether its Applications find what they take
  npm run check -- --path DIR          any kustomization, of any repository
  npm run check -- --rendered FILE     rendered YAML, each file a target of its own; - is standard input

  --environment FILE   what the cluster offers, for --path and --rendered; without it some rules have nothing to judge by
  --format FORM        text (default), json, sarif, junit, github or markdown, on standard output
  --no-cache     render and validate again what has not changed
  --root DIR     check another repository: its overlays/, and its facts/ and base/images.yaml where it has them
  --cache DIR    keep results there, by content (default: .cache of this repository)
  --help         show this

Exit codes: 0 nothing is wrong; 1 errors were found; 2 it could not run.
`;

await main(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      'no-cache': { type: 'boolean', default: false },
      path: { type: 'string', multiple: true, default: [] },
      rendered: { type: 'string', multiple: true, default: [] },
      environment: { type: 'string' },
      format: { type: 'string', default: 'text' },
      root: { type: 'string' },
      cache: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const format = values.format;
  if (format !== 'text' && !isFormat(format)) {
    throw new UsageError(
      `there is no format ${format}${didYouMean(format, formats)}; known are text, ${formats.join(', ')}`,
    );
  }
  const progress = startProgress();
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const others = values.path.length + values.rendered.length > 0;
  if (others && values.rendered.length === 0 && positionals.length > 0) {
    throw new UsageError(`--path takes one folder at a time; "${positionals[0]}" follows it`);
  }
  if (!others && values.environment !== undefined) {
    throw new UsageError(
      '--environment goes with --path or --rendered; an overlay has its own environment.yaml',
    );
  }
  let report: Report;
  let text: string;
  if (others) {
    const rendered = values.rendered.length === 0 ? [] : [...values.rendered, ...positionals];
    report = await checkOthers({
      paths: values.path,
      rendered,
      environment: values.environment,
      progress: progress.say,
    });
    text = plainReport(report, { colour });
  } else {
    const checked = await checkRepository(positionals, {
      useCache: !values['no-cache'],
      ...(values.root === undefined ? {} : { root: resolve(values.root) }),
      ...(values.cache === undefined ? {} : { cache: resolve(values.cache) }),
      progress: progress.say,
    });
    report = reportOf(checked);
    text = textReport(checked, { colour });
  }
  progress.done();
  process.stdout.write(format === 'text' ? text : formatReport(report, format, rules, version));
  return countFindings(report).errors > 0 ? 1 : 0;
});

function isFormat(word: string): word is Format {
  return (formats as readonly string[]).includes(word);
}
