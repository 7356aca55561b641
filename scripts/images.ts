import { parseArgs } from 'node:util';
import { UsageError } from '@plumbline/validators';
import {
  assumedCluster,
  type BuildableImage,
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
  pinnedAlready,
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

const help = `Usage: npm run images -- [SYSTEM | IMAGE ...] [option ...]

Builds the images that base/images.yaml lists as built here, all of them or those that are named, one by one or by their
system, with the first of docker, podman, nerdctl and buildah that works. Each is tagged "latest", which laptops run,
and by its content, so that nothing is built or loaded twice. "debug" is the image of npm run debug.

  npm run images -- preempt
  npm run images -- big-data-spark
  npm run images -- preempt --load kind
  npm run images -- preempt --push registry.example.com/plumbline

  --load ENVIRONMENT   load them into the cluster too: kind or minikube (Docker Desktop has what docker builds)
  --context NAME       with --load: this cluster, not the one that the systems go to by themselves
  --push REGISTRY      push them by content, and pin tag and digest in overlays/production; log in to it before. What is
                       pinned there at its content already is neither built nor pushed
  --cache REGISTRY     take layers of earlier builds from there; with --push bring them there too
  --platform PLATFORM  build for another machine, as linux/amd64
  --local-base         assemble the images that apps/Dockerfile begins with from packages (Debian's mmdebstrap, npm's
                       Node, Spark's and Flink's Python packages), as root, where no registry answers
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
      cache: { type: 'string' },
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
  const cache =
    values.cache === undefined
      ? undefined
      : { registry: registryOf(values.cache, '--cache'), writes: registry !== undefined };
  const buildable = await buildableImages(root, positionals);
  const systems = positionals.length === 0 ? [] : systemsOf(buildable.images);
  const cluster =
    values.load === undefined ? undefined : await clusterToLoad(values.load, systems, values.context);
  if (cluster !== undefined && cluster.host.kind !== 'other' && !dryRun)
    await requireCommands([cluster.host.kind]);
  // What cannot be built is told before an engine is looked for.
  builtOrTold(buildable, dryRun, 'Name the systems whose images there are: npm run images -- SYSTEM');
  const engine = await engineFor(values.engine, dryRun);
  const base = values['local-base'] ? await localBase(root, engine) : undefined;
  if (base !== undefined && !dryRun) await requireCommands(base.needs);
  const how = { ...howToBuild(values.platform, base), cache };
  const { images: all } = await buildableImages(root, positionals, how);
  const images = registry === undefined ? all : await notPinned(registry, all);
  const pushed: PushedImage[] = [];
  const plan = [
    ...(base?.planFor(images) ?? []),
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

/** The images that some environment of production does not have from this registry at their content yet. */
async function notPinned(registry: string, images: readonly BuildableImage[]): Promise<BuildableImage[]> {
  const pins = await Promise.all(
    (await productionEnvironments(root)).map(({ name }) => pinnedAlready(root, name, registry, images)),
  );
  const isPinned = ({ name }: BuildableImage) =>
    pins.length > 0 && pins.every((names) => names.includes(name));
  for (const image of images.filter(isPinned))
    process.stderr.write(`${image.name}:${image.content} is pinned already\n`);
  return images.filter((image) => !isPinned(image));
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

/** The systems that run them: debug's is run by none. */
function systemsOf(images: readonly BuildableImage[]): string[] {
  return [...new Set(images.map(({ system }) => system))].filter((name) => name !== 'debug');
}

/** The cluster of these systems, or of everything where there are none. */
async function clusterToLoad(
  environment: string,
  systems: readonly string[],
  context: string | undefined,
): Promise<Cluster> {
  const usage = 'npm run images -- [SYSTEM ...] --load ENVIRONMENT';
  const choice: Choice = await choose(root, [environment, ...systems], usage);
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
