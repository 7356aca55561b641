import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { htmlPage, mermaid, topologyOfTarget, UsageError } from '@plumbline/validators';
import { readArguments } from './lib/arguments.ts';
import { checkRepository } from './lib/check-repository.ts';
import { main } from './lib/main.ts';
import { startProgress } from './lib/progress.ts';

const help = `Usage: npm run graph -- ENVIRONMENT [SYSTEM] [--format FORM] [--html FILE] [--root DIR]

Draws a target's topology: workloads, Services, claims, and the flows between them; a defect is red.

  npm run graph -- kind lambda                     as Mermaid, on standard output
  npm run graph -- kind lambda --html lambda.html  as one page to search and click, which needs nothing beside it

  --format FORM   mermaid (default) or html, on standard output
  --html FILE     write the page there
  --root DIR      a target of another repository
  --help          show this

Exit codes: 0 done; 2 it could not run.
`;

await main(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      format: { type: 'string', default: 'mermaid' },
      html: { type: 'string' },
      root: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (values.format !== 'mermaid' && values.format !== 'html') {
    throw new UsageError(`there is no format ${values.format}; known are mermaid, html`);
  }
  if (positionals.length === 0) throw new UsageError('name an environment, or an environment and a system');
  const progress = startProgress();
  const checked = await checkRepository(positionals, {
    useCache: true,
    ...(values.root === undefined ? {} : { root: resolve(values.root) }),
    progress: progress.say,
  });
  progress.done();
  const system = positionals.length > 1;
  const chosen = checked.filter(({ target }) => (target.system !== undefined) === system);
  const [drawn, more] = chosen;
  if (drawn === undefined || more !== undefined) {
    throw new UsageError(
      `${positionals.join(' ')} names ${chosen.length} targets; name one, as "kind lambda" or "kind"`,
    );
  }
  const topology = topologyOfTarget(drawn);
  if (values.html === undefined)
    process.stdout.write(values.format === 'html' ? await htmlPage(topology) : mermaid(topology));
  else {
    await writeFile(values.html, await htmlPage(topology));
    process.stderr.write(`${values.html}: ${topology.nodes.length} parts, ${topology.edges.length} lines\n`);
  }
  return 0;
});
