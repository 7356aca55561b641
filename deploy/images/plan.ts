import type { Cluster } from '../cluster/cluster.ts';
import { type Answer, type Command, command, minutes, type Plan, type Step, seconds } from '../plan/step.ts';
import type { BuildableImage } from './built.ts';
import { archive, build, type Engine, fullName, hasImage, tagLatest } from './engine.ts';

/** Builds each image unless its content was built before. */
export function buildSteps(engine: Engine, images: readonly BuildableImage[]): Plan {
  return images.map(
    (image): Step => ({
      kind: 'ask',
      does: `Build ${image.name}:${image.content}`,
      asks: [hasImage(engine, image)],
      leadsTo: ([answer]) => ({
        commands: [answer?.status === 0 ? tagLatest(engine, image) : build(engine, image)],
      }),
      assumed: { says: 'unless it is there', answers: [{ status: 1, output: '' }] },
    }),
  );
}

/** Where archives for clusters that do not read the engine's own store are written. */
const archives = '.cache/images';

/** Loads the images that the cluster's node does not have yet; Docker Desktop runs what docker built. */
export function loadSteps(engine: Engine, cluster: Cluster, images: readonly BuildableImage[]): Plan {
  const { host } = cluster;
  if (images.length === 0 || host.kind === 'other') return [];
  const nodesImages =
    host.kind === 'kind'
      ? command([
          containerEngine(engine),
          'exec',
          controlPlane(host.name),
          'crictl',
          'images',
          '--output',
          'json',
        ])
      : command(['minikube', '--profile', host.profile, 'image', 'ls', '--format', 'json']);
  return [
    {
      kind: 'ask',
      does: `Load what is not on the node yet: ${images.map(({ name }) => name).join(', ')}`,
      asks: [{ ...nodesImages, deadline: seconds(60), attempts: 3 }],
      leadsTo: ([answer]) => ({
        commands: load(
          engine,
          host,
          images.filter((image) => answer === undefined || !isOnNode(answer, image)),
        ),
      }),
      assumed: { says: 'when the node has none of them', answers: [{ status: 0, output: '[]' }] },
    },
  ];
}

function load(
  engine: Engine,
  host: Exclude<Cluster['host'], { kind: 'other' }>,
  images: readonly BuildableImage[],
): Command[] {
  if (images.length === 0) return [];
  if (engine === 'docker' && host.kind === 'kind') {
    const names = images.flatMap(({ name, content }) => [`${name}:latest`, `${name}:${content}`]);
    return [
      command(['kind', 'load', 'docker-image', '--name', host.name, ...names], { deadline: minutes(10) }),
    ];
  }
  return [
    command(['mkdir', '-p', archives]),
    ...images.flatMap((image) =>
      archive(engine, image, archives).flatMap(({ file, save }) => {
        const argv: Command['argv'] =
          host.kind === 'kind'
            ? ['kind', 'load', 'image-archive', '--name', host.name, file]
            : ['minikube', '--profile', host.profile, 'image', 'load', file];
        // podman does not write over an archive.
        const remove = command(['rm', '-f', file]);
        return [remove, save, command(argv, { deadline: minutes(10) }), remove];
      }),
    ),
  ];
}

/** True when `latest` on the node is the image of this content: both names stand at one image. */
export function isOnNode({ status, output }: Answer, { name, content }: BuildableImage): boolean {
  if (status !== 0 || output.trim() === '') return false;
  const value = JSON.parse(output) as { images?: NodeImage[] } | NodeImage[] | null;
  const list = Array.isArray(value) ? value : (value?.images ?? []);
  return list.some(({ repoTags }) => {
    const tags = repoTags ?? [];
    return tags.includes(`${fullName(name)}:latest`) && tags.includes(`${fullName(name)}:${content}`);
  });
}

interface NodeImage {
  readonly repoTags?: readonly string[] | null;
}

/** The container of a kind cluster's one node. */
export function controlPlane(name: string): string {
  return `${name}-control-plane`;
}

/** What runs kind's nodes: buildah runs none, and kind itself takes docker unless told. */
export function containerEngine(engine: Engine | undefined): string {
  return (
    process.env.KIND_EXPERIMENTAL_PROVIDER ??
    (engine === undefined || engine === 'buildah' ? 'docker' : engine)
  );
}
