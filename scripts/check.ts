import { resolve } from 'node:path';
import { textReport } from '@plumbline/validators';
import { readArguments } from './lib/arguments.ts';
import { checkRepository } from './lib/check-repository.ts';
import { main } from './lib/main.ts';
import { startProgress } from './lib/progress.ts';

const help = `Usage: npm run check -- [environment ...] [system ...] [--no-cache]

Renders every overlay (or those named), validates each object strictly against the vendored schemas, holds it
against the systems' facts and against what its environment offers, and says what each environment asks.

  npm run check                        all environments and systems
  npm run check -- kind preempt        one system in one environment
  npm run check -- production          everything in production

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
      root: { type: 'string' },
      cache: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const progress = startProgress();
  const checked = await checkRepository(positionals, {
    useCache: !values['no-cache'],
    ...(values.root === undefined ? {} : { root: resolve(values.root) }),
    ...(values.cache === undefined ? {} : { cache: resolve(values.cache) }),
    progress: progress.say,
  });
  progress.done();
  process.stdout.write(
    textReport(checked, { colour: process.stdout.isTTY === true && !process.env.NO_COLOR }),
  );
  const errors = checked.some(({ findings }) => findings.some(({ severity }) => severity === 'error'));
  return errors ? 1 : 0;
});
