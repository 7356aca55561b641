import { parseArgs } from 'node:util';
import { UsageError } from '@plumbline/validators';
import {
  assumedCluster,
  buildableImages,
  buildSteps,
  builtOrTold,
  type Choice,
  type Cluster,
  choose,
  guardForeignContext,
  loadSteps,
  productionEnvironments,
} from '../deploy/index.ts';
import { follow } from './lib/cluster-script.ts';
import { engineFor } from './lib/engine-option.ts';
import { interruptible } from './lib/interrupt.ts';
import { main } from './lib/main.ts';
import { requireCommands } from './lib/require-commands.ts';
import { root } from './lib/root.ts';

const help = `Usage: npm run images -- [SYSTEM ...] [option ...]

Builds the images that base/images.yaml lists as built here, all of them or those of the systems, with the first of
docker, podman, nerdctl and buildah that works. Each is tagged "latest", which laptops run, and by its content, so that
nothing is built or loaded twice. "debug" is the image of npm run debug.

  npm run images -- preempt
  npm run images -- preempt --load kind

  --load ENVIRONMENT   load them into the cluster too: kind or minikube (Docker Desktop has what docker builds)
  --context NAME       with --load: this cluster, not the one that the systems go to by themselves
  --engine NAME        build with docker, podman, nerdctl or buildah
  --dry-run            print the exact commands, run none of them
  --help               show this

Exit codes: 0 done; 1 a build or a load failed; 2 it could not begin.
`;

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      load: { type: 'string' },
      context: { type: 'string' },
      engine: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const dryRun = values['dry-run'];
  const images = builtOrTold(
    await buildableImages(root, positionals),
    dryRun,
    'Name the systems whose images there are: npm run images -- SYSTEM',
  );
  const cluster =
    values.load === undefined ? undefined : await clusterToLoad(values.load, positionals, values.context);
  if (cluster !== undefined && cluster.host.kind !== 'other' && !dryRun)
    await requireCommands([cluster.host.kind]);
  const engine = await engineFor(values.engine, dryRun);
  const plan = [
    ...buildSteps(engine, images),
    ...(cluster === undefined ? [] : loadSteps(engine, cluster, images)),
  ];
  return interruptible((signal) => follow(plan, dryRun, signal));
});

/** The cluster of these systems; an image of none, as debug's, goes to the cluster of everything. */
async function clusterToLoad(
  environment: string,
  systems: readonly string[],
  context: string | undefined,
): Promise<Cluster> {
  const usage = 'npm run images -- [SYSTEM ...] --load ENVIRONMENT';
  const words = systems.filter((name) => name !== 'debug');
  const choice: Choice = await choose(root, [environment, ...words], usage);
  if (choice.environment.secrets === 'external') {
    throw new UsageError(`${environment} pulls its images from a registry: nothing is loaded into it`);
  }
  const permission = { context, yesProduction: false };
  guardForeignContext(choice.environment, permission, await productionEnvironments(root));
  const cluster = assumedCluster(choice, permission);
  if (cluster.host.kind === 'other' && environment !== 'docker-desktop') {
    throw new UsageError(
      `${cluster.context} is no ${environment} cluster that images can be loaded into: nothing was built`,
    );
  }
  return cluster;
}
