import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandsOf } from './commands-of-a-guide.ts';
import { root } from './test-cluster.ts';

/** What of the guide is not run on a laptop's cluster as it stands, and why. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [
    /^npm run (deploy|savepoint|reassign|stop|resume|reset|destroy) |^kubectl scale /,
    'has a test of its own there',
  ],
  [
    /^npm (run (try|images|forward|debug)|test) /,
    'of the machine, not of the cluster: has tests in npm test',
  ],
  [/^curl |port-forward /, 'goes through forwards: a test of its own there'],
  [/^kubectl top /, 'wants metrics-server: has a test of its own'],
  [/ -w$/, 'runs until it is ended'],
  [/ --previous$/, 'an error where no container ran before'],
  [/^kubectl delete (pvc|namespace) /, 'what destroys has a test of its own there'],
  [/^argocd /, 'there is no Argo CD beside it'],
  [/kafka-headless:9091/, 'by the certificate that production has: only-the-known-may'],
];

/** Sections about what production alone has: a laptop's cluster knows no certificates, rights, stores and snapshots. */
const ofProduction = /^## (?:Production|Who may talk to Kafka|Backup and restore)$/m;

/** The streaming guide: how many sections are production's alone, and the commands of the others that a laptop runs. */
export async function streamingGuide() {
  const guide = await readFile(join(root, 'docs/systems/streaming.md'), 'utf8');
  const sections = guide.split(/^(?=## )/m);
  const ofLaptops = sections.filter((section) => !ofProduction.test(section));
  return {
    ofProduction: sections.length - ofLaptops.length,
    lines: commandsOf(ofLaptops.join('')).filter(
      (line) => !elsewhere.some(([pattern]) => pattern.test(line)),
    ),
  };
}
