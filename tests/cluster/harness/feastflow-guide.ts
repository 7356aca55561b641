import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandsOf } from './commands-of-a-guide.ts';
import { root } from './test-cluster.ts';

/** What of the guide is not run on a laptop's cluster as it stands, and why. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^npm run (deploy|stop|resume|reset|destroy) /, 'has a test of its own there'],
  [/^kubectl (scale|patch hpa) /, 'has a test of its own there'],
  [/^npm run (try|images|forward|debug) /, 'of the machine, not of the cluster: has tests in npm test'],
  [/^curl --header 'Host: /, 'wants an ingress controller, whose image is not here'],
  [/^curl |port-forward /, 'goes through a forward: a test of its own there'],
  [/^kubectl top /, 'wants metrics-server: has a test of its own'],
  [/ --previous$/, 'an error where no container ran before'],
  [/ get externalsecrets /, 'production alone has the kind'],
  [/^kubectl delete namespace /, 'what destroys has a test of its own there'],
];

/** What production alone has: standbys, a store. */
const ofProduction = /^## Production$/m;

/** The feastflow guide: how many sections are production's alone, all commands of the others, and those that a laptop's cluster runs. */
export async function feastflowGuide() {
  const guide = await readFile(join(root, 'docs/systems/feastflow.md'), 'utf8');
  const sections = guide.split(/^(?=## )/m);
  const ofLaptops = sections.filter((section) => !ofProduction.test(section));
  const commands = commandsOf(ofLaptops.join(''));
  return {
    ofProduction: sections.length - ofLaptops.length,
    commands,
    lines: commands.filter((line) => !elsewhere.some(([pattern]) => pattern.test(line))),
  };
}
