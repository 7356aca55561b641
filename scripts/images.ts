import { parseArgs } from 'node:util';
import { UsageError } from '@plumbline/validators';
import {
  assumedCluster,
  type Buildable,
  buildableImages,
  buildSteps,
  builtOrTold,
  type Choice,
  type Cluster,
  choose,
  guardForeignContext,
  type LocalBase,
  loadSteps,
  localBase,
  type PushedImage,
  pinImages,
  productionEnvironments,
  pushSteps,
  registryOf,
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
  npm run images -- preempt --push registry.example.com/plumbline

  --load ENVIRONMENT   load them into the cluster too: kind or minikube (Docker Desktop has what docker builds)
  --context NAME       with --load: this cluster, not the one that the systems go to by themselves
  --push REGISTRY      push them by content, and pin tag and digest in overlays/production; log in to it before
  --platform PLATFORM  build for another machine, as linux/amd64
  --local-base         assemble the images that apps/Dockerfile begins with from packages (Debian's mmdebstrap, npm's
                       Node), as root, where no registry answers
  --engine NAME        build with docker, podman, nerdctl or buildah
  --dry-run            print the exact commands, run none of them
  --help               show this

Exit codes: 0 done; 1 a build, a load or a push failed; 2 it could not begin.
`;

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      load: { type: 'string' },
      push: { type: 'string' },
      platform: { type: 'string' },
      'local-base': { type: 'boolean', default: false },
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
  const registry = values.push === undefined ? undefined : registryOf(values.push);
  const cluster =
    values.load === undefined ? undefined : await clusterToLoad(values.load, positionals, values.context);
  if (cluster !== undefined && cluster.host.kind !== 'other' && !dryRun)
    await requireCommands([cluster.host.kind]);
  const told = (buildable: Buildable) =>
    builtOrTold(buildable, dryRun, 'Name the systems whose images there are: npm run images -- SYSTEM');
  // What cannot be built is told before an engine is looked for.
  told(await buildableImages(root, positionals));
  const engine = await engineFor(values.engine, dryRun);
  const base = values['local-base'] ? await localBase(root, engine) : undefined;
  if (base !== undefined && !dryRun) await requireCommands(base.needs);
  const { images } = await buildableImages(root, positionals, howToBuild(values.platform, base));
  const pushed: PushedImage[] = [];
  const plan = [
    ...(base?.plan ?? []),
    ...buildSteps(engine, images),
    ...(cluster === undefined ? [] : loadSteps(engine, cluster, images)),
    ...(registry === undefined
      ? []
      : pushSteps(engine, registry, images, (image) => {
          pushed.push(image);
        })),
  ];
  const status = await interruptible((signal) => follow(plan, dryRun, signal));
  if (status === 0 && !dryRun && registry !== undefined) await pin(pushed);
  return status;
});

function howToBuild(platform: string | undefined, base: LocalBase | undefined) {
  if (platform !== undefined && !/^[a-z0-9]+\/[a-z0-9]+(?:\/[a-z0-9]+)?$/.test(platform)) {
    throw new UsageError(`--platform "${platform}" is none; write it as linux/amd64`);
  }
  return { platform, bases: base?.arguments };
}

/** Production runs what was pushed. The image of npm run debug stands in no overlay. */
async function pin(pushed: readonly PushedImage[]): Promise<void> {
  const inOverlays = pushed.filter(({ image }) => image.system !== 'debug');
  for (const { name } of await productionEnvironments(root)) {
    const files = await pinImages(root, name, inOverlays);
    for (const file of files) process.stderr.write(`Pinned in ${file}\n`);
    if (files.length === 0) process.stderr.write(`overlays/${name} had these images pinned already\n`);
  }
}

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
