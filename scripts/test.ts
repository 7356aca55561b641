import { readArguments } from './lib/arguments.ts';
import { main } from './lib/main.ts';
import { startProgress } from './lib/progress.ts';
import { testRun } from './lib/test-run.ts';
import { repositoryTools } from './lib/tools.ts';

const help = `Usage: npm test -- [word ...] [--verbose] [--update]

Runs every tests/**/*.test.ts, or those whose path contains one of the words, each in a process of its own. Those of
tests/cluster want a Kubernetes: npm run test:cluster.

  --verbose   show what each file prints, not only the failing ones
  --update    write anew what tests compare reports with (tests/diff/golden): see what git then says has changed
  --help      show this

Exit codes: 0 all passed; 1 some failed; 2 they could not be run.
`;

/** What one file may take; the longest ones start real services, on a machine that may have other work. */
const deadline = 20 * 60_000;

await main(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      verbose: { type: 'boolean', default: false },
      update: { type: 'boolean', default: false },
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
  return testRun({
    folder: 'tests',
    without: ['tests/cluster'],
    words: positionals,
    env: {
      KUSTOMIZE: tools.kustomize,
      KUBECONFORM: tools.kubeconform,
      ...(values.update === true ? { PLUMBLINE_UPDATE: 'true' } : {}),
    },
    deadline,
    // Those that wait the most, while CI builds what the clusters are made of beside them; then those that take longest.
    first: ['apps/lambda', 'apps/preempt', 'apps/big-data', 'apps/streaming', 'apps/feastflow'],
    verbose: values.verbose === true,
  });
});
