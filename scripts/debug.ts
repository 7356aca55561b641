import { UsageError } from '@plumbline/validators';
import { buildableImages, debugImage, debugPlan } from '../deploy/index.ts';
import { clusterHelp, clusterScript, follow } from './lib/cluster-script.ts';
import { engineFor } from './lib/engine-option.ts';
import { root } from './lib/root.ts';

const usage = 'npm run debug -- ENVIRONMENT SYSTEM [-- COMMAND ...]';

const help = `Usage: ${usage} [option ...]

A pod to look around from, in the namespace of a system: a shell, or one command. It has nc, curl, dig, jq, redis-cli,
psql, mysql, cqlsh and Kafka's tools; the namespace admits it, and on laptops the policies let it through. It goes
when the shell ends.

  npm run debug -- kind preempt
  npm run debug -- kind preempt -- nc -zv mysql 3306
  npm run debug -- minikube lambda -- kafka-topics.sh --bootstrap-server kafka-service:9092 --list

  --image REFERENCE  run this image, do not build ${debugImage}
  --without-images   do not build it: it is on the node already
  --engine NAME      build with docker, podman, nerdctl or buildah, not with the first that works
  --keep             leave the pod when the shell ends
${clusterHelp}`;

await clusterScript({
  usage,
  help,
  action: 'a debug pod',
  options: {
    image: { type: 'string' },
    'without-images': { type: 'boolean', default: false },
    engine: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
  accepts({ environment, systems, whole }, { image }) {
    if (whole || systems.length > 1) {
      throw new UsageError(`A debug pod stands in one system's namespace: ${usage}`);
    }
    if (environment.secrets === 'external' && image === undefined) {
      throw new UsageError(
        `${environment.name} runs images from a registry: name one with --image REFERENCE`,
      );
    }
  },
  async work({ values, choice, cluster, dryRun, rest }, signal) {
    const [namespace = ''] = choice.systems.flatMap((system) => system.namespaces);
    const image = typeof values.image === 'string' ? values.image : undefined;
    const builds = image === undefined && values['without-images'] !== true;
    const build = builds
      ? {
          images: (await buildableImages(root, ['debug'])).images,
          engine: await engineFor(values.engine, dryRun),
        }
      : undefined;
    const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
    const plan = debugPlan({
      cluster,
      namespace,
      image,
      build,
      words: rest,
      terminal,
      keep: values.keep === true,
    });
    return follow(plan, dryRun, signal);
  },
});
