import { writeFile } from 'node:fs/promises';
import { contextOf, htmlPage, mermaid, topologyOf, UsageError } from '@plumbline/validators';
import { readArguments } from './lib/arguments.ts';
import { checkRepository } from './lib/check-repository.ts';
import { main } from './lib/main.ts';
import { startProgress } from './lib/progress.ts';

const help = `Usage: npm run graph -- ENVIRONMENT [SYSTEM] [--html FILE]

Draws a target's topology: workloads, Services, claims, and the flows between them; a defect is red.

  npm run graph -- kind lambda                     as Mermaid, on standard output
  npm run graph -- kind lambda --html lambda.html  as one page to search and click, which needs nothing beside it

  --html FILE   write the page there
  --help        show this

Exit codes: 0 done; 2 it could not run.
`;

await main(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: { html: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (positionals.length === 0) throw new UsageError('name an environment, or an environment and a system');
  const progress = startProgress();
  const checked = await checkRepository(positionals, { useCache: true, progress: progress.say });
  progress.done();
  const system = positionals.length > 1;
  const chosen = checked.filter(({ target }) => (target.system !== undefined) === system);
  const [drawn, more] = chosen;
  if (drawn === undefined || more !== undefined) {
    throw new UsageError(
      `${positionals.join(' ')} names ${chosen.length} targets; name one, as "kind lambda" or "kind"`,
    );
  }
  const { target, environment, objects, findings } = drawn;
  const plain = objects.map(({ object }) => object);
  const { model, flows } = contextOf(target.name, target.system, environment, plain);
  const topology = topologyOf(target.name, model, flows, findings);
  if (values.html === undefined) process.stdout.write(mermaid(topology));
  else {
    await writeFile(values.html, await htmlPage(topology));
    process.stderr.write(`${values.html}: ${topology.nodes.length} parts, ${topology.edges.length} lines\n`);
  }
  return 0;
});
