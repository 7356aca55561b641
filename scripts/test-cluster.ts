import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '@plumbline/validators';
import { gatherParts, proofTools } from '../cluster/index.ts';
import type { Proof } from '../tests/cluster/harness/proofs.ts';
import { readArguments } from './lib/arguments.ts';
import { main } from './lib/main.ts';
import { startProgress } from './lib/progress.ts';
import { proofTable } from './lib/proof-table.ts';
import { root } from './lib/root.ts';
import { testRun } from './lib/test-run.ts';
import { repositoryTools } from './lib/tools.ts';

const help = `Usage: npm run test:cluster -- [word ...] [--workers N] [--verbose]
       npm run test:cluster -- --prepare

Runs every tests/cluster/**/*.test.ts, or those whose path contains one of the words, some at a time. Each makes the
Kubernetes that it needs, in namespaces of its own, and leaves nothing. It takes Linux and root; what the clusters
are made of is built from tools/cluster first, once, in minutes. Ends with a table: what was proved, on what, and
how long it took.

  --prepare   only build what the clusters are made of
  --workers N how many files run side by side (default 3)
  --verbose   show what each file prints, not only the failing ones
  --help      show this

Exit codes: 0 all passed; 1 some failed; 2 they could not be run.
`;

/** What one file may take. */
const deadline = 45 * 60_000;

await main(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      prepare: { type: 'boolean', default: false },
      workers: { type: 'string', default: '3' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1)
    throw new UsageError(`--workers takes a whole number from 1 on, not "${values.workers}"`);
  const progress = startProgress();
  const tools = await repositoryTools(progress.say);
  const parts = await gatherParts(root, progress.say, proofTools);
  progress.done();
  if (values.prepare) return 0;
  const notes = join(await mkdtemp(join(tmpdir(), 'plumbline-proofs-')), 'proofs');
  const proofs = () => {
    const lines = existsSync(notes) ? readFileSync(notes, 'utf8').trimEnd().split('\n') : [];
    return `\n${proofTable(lines.map((line) => JSON.parse(line) as Proof))}\n`;
  };
  const status = await testRun({
    folder: 'tests/cluster',
    words: positionals,
    env: {
      KUSTOMIZE: tools.kustomize,
      KUBECONFORM: tools.kubeconform,
      PLUMBLINE_CLUSTER_PARTS: JSON.stringify(parts),
      PLUMBLINE_PROOFS: notes,
    },
    deadline,
    // Each has a cluster of its own, and waits for it most of the time.
    workers,
    first: [
      'big-data',
      'lambda',
      'argo-cd',
      'streaming',
      'preempt',
      'feastflow',
      'production',
      'prover',
      'autoscaler',
      'overlays',
    ],
    verbose: values.verbose === true,
    closing: proofs,
  });
  await rm(dirname(notes), { recursive: true, force: true });
  return status;
});
