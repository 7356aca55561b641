import { commandLine, forwards, readAddresses, seconds, supervise } from '../deploy/index.ts';
import { clusterHelp, clusterScript } from './lib/cluster-script.ts';
import { root } from './lib/root.ts';

const usage = 'npm run forward -- ENVIRONMENT [SYSTEM ...]';

const help = `Usage: ${usage} [option ...]

Opens every address of the systems on this machine at once, at the ports of overlays/addresses.yaml, until Ctrl-C.
A forward whose pod goes is opened again; one that fails ten times in a row is given up.

  npm run forward -- kind big-data     grafana at :3000, kafka-ui at :8080, producer-gateway at :8000

${clusterHelp}`;

await clusterScript({
  usage,
  help,
  action: 'a forward',
  changes: false,
  async work({ choice, cluster, dryRun }, signal) {
    const all = forwards(cluster, choice, await readAddresses(root));
    if (dryRun) {
      for (const { name, about, argv } of all) {
        process.stdout.write(`# ${name}: ${about}\n${commandLine({ argv, deadline: seconds(0) })}\n`);
      }
      return 0;
    }
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    if (all.length === 0) {
      say('These systems have no address to forward.');
      return 0;
    }
    const givenUp = await supervise(all, { cwd: root, signal, say, tries: 10 });
    return givenUp.length > 0 && !signal.aborted ? 1 : 0;
  },
});
