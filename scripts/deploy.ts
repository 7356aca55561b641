import { UsageError } from '@plumbline/validators';
import {
  buildableImages,
  builtOrTold,
  deployPlan,
  platformObjects,
  readAddresses,
  readKindConfig,
  waysIn,
} from '../deploy/index.ts';
import { type ClusterScript, clusterHelp, clusterScript, follow, type Work } from './lib/cluster-script.ts';
import { engineFor } from './lib/engine-option.ts';
import { positive } from './lib/number-option.ts';
import { root } from './lib/root.ts';

const usage = 'npm run deploy -- ENVIRONMENT [SYSTEM ...]';

const help = `Usage: ${usage} [option ...]

From nothing to ready: makes the kind cluster when it is not there, brings metrics-server and an ingress controller,
builds and loads the images, applies, replaces the Jobs that changed, restarts what runs a changed image, waits in
the order in which the parts need each other, and prints the addresses. Running it again changes only what changed.

  npm run deploy -- kind                everything, in the kind cluster "plumbline"
  npm run deploy -- kind big-data       one system; its kind cluster is "big-data" (feastflow's is "feastflow-local")
  npm run deploy -- minikube lambda     one system in the minikube that runs

  --without-platform   leave out metrics-server and the ingress controller
  --without-images     build and load no image: they are on the node already, or are to be left out
  --engine NAME        build with docker, podman, nerdctl or buildah, not with the first that works
  --deadline MINUTES   how long everything may take to get ready (20)
${clusterHelp}`;

const script: ClusterScript = {
  usage,
  help,
  action: 'a deploy',
  creates: true,
  options: {
    'without-platform': { type: 'boolean', default: false },
    'without-images': { type: 'boolean', default: false },
    engine: { type: 'string' },
    deadline: { type: 'string', default: '20' },
  },
  async work(work, signal) {
    const { values, choice, cluster, permission, dryRun } = work;
    const deadline = positive('--deadline', values.deadline) * 60_000;
    const [addresses, kindConfig] = await Promise.all([readAddresses(root), readKindConfig(root)]);
    const platform = values['without-platform'] ? undefined : await platformObjects(root, choice.environment);
    const start = performance.now();
    const plan = deployPlan({
      cluster,
      choice,
      addresses,
      kindConfig,
      build: await imagesToBuild(work),
      platform,
      deadline,
      mayCreate: permission.context === undefined,
    });
    const status = await follow(plan, dryRun, signal);
    if (status === 0 && !dryRun) {
      process.stderr.write(
        `Everything is ready, after ${Math.round((performance.now() - start) / 1000)} s\n\n`,
      );
      process.stdout.write(waysIn(cluster, choice, addresses));
    }
    return status;
  },
};

/** The images of the chosen systems with what builds them; undefined when a registry has them, or none is wanted. */
async function imagesToBuild({ values, choice, cluster, dryRun }: Work) {
  const fromRegistry = choice.environment.secrets === 'external';
  if (values['without-images'] === true || fromRegistry) return undefined;
  if (cluster.host.kind === 'other' && choice.environment.name !== 'docker-desktop') {
    throw new UsageError(
      `${cluster.context} is no ${choice.environment.name} cluster that images can be loaded into: load them ` +
        'yourself and add --without-images',
    );
  }
  const images = builtOrTold(
    await buildableImages(
      root,
      choice.systems.map(({ name }) => name),
    ),
    dryRun,
    'A deploy can go on without building any: --without-images',
  );
  return { images, engine: await engineFor(values.engine, dryRun) };
}

await clusterScript(script);
