import { join } from 'node:path';
import { checkCommand } from '@plumbline/validators';
import manifest from '../package.json' with { type: 'json' };
import { checkRepository } from './lib/check-repository.ts';
import { main } from './lib/main.ts';
import { cache } from './lib/root.ts';
import { repositoryTools } from './lib/tools.ts';

const help = `Usage: npm run check -- [environment ...] [system ...] [--no-cache] [--format FORM]
       npm run check -- --path DIR [--path DIR ...] [--environment FILE] [--format FORM]
       npm run check -- --every DIR [--environment FILE] [--format FORM]
       npm run check -- --rendered FILE ... [--environment FILE] [--format FORM]

Renders every overlay (or those named), validates each object strictly against the vendored schemas, holds it
against the systems' facts and against what its environment offers, and says what each environment asks.

  npm run check                        all environments and systems
  npm run check -- kind preempt        one system in one environment
  npm run check -- production          everything in production
  npm run check -- argocd              what Argo CD is told, and whether its Applications find what they take
  npm run check -- --path DIR          any kustomization, of any repository
  npm run check -- --every DIR         every kustomization below DIR that no other one there includes
  npm run check -- --rendered FILE     rendered YAML, each file a target of its own; - is standard input

  --environment FILE   what the cluster offers, for --path, --every and --rendered; without it some rules have nothing to judge by
  --format FORM        text (default), json, sarif, junit, github, gitlab or markdown, on standard output
  --no-cache     render and validate again what has not changed
  --root DIR     check another repository: its overlays/, and its facts/ and base/images.yaml where it has them
  --cache DIR    keep results there, by content (default: .cache of this repository)
  --help         show this

Exit codes: 0 nothing is wrong; 1 errors were found, be it in a file by which the rest is judged; 2 it could not run, or could not read all that it was given.
`;

await main(() =>
  checkCommand(process.argv.slice(2), {
    help,
    version: manifest.version,
    tools: repositoryTools,
    scratch: join(cache, 'scratch'),
    own: checkRepository,
  }),
);
