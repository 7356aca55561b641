import { UsageError } from '@plumbline/validators';
import { type Command, command, minutes, seconds } from '../plan/step.ts';
import type { BuildableImage, LayerCache } from './built.ts';

/** The programs that build images, the likeliest first. */
export const engines = ['docker', 'podman', 'nerdctl', 'buildah'] as const;
export type Engine = (typeof engines)[number];

/** @throws UsageError when the word names none. */
export function asEngine(word: string): Engine {
  const engine = engines.find((name) => name === word);
  if (engine === undefined) throw new UsageError(`"${word}" is no engine; there are ${engines.join(', ')}`);
  return engine;
}

/** Asks an engine whether it works: docker's command may be there without its daemon. */
export function engineWorks(engine: Engine): Command {
  return command([engine, engine === 'buildah' ? 'version' : 'info'], { deadline: seconds(20) });
}

/**
 * The name under which Kubernetes finds an image that the manifests call `name`: podman and buildah would put
 * `localhost/` in front of a short one, and the kubelet looks for it at docker.io/library.
 */
export function fullName(name: string): string {
  return `docker.io/library/${name}`;
}

/** One build, in the words that all engines share. */
export interface Build {
  readonly dockerfile: string;
  /** Full names with tags. */
  readonly tags: readonly string[];
  readonly context: string;
  readonly arguments?: Readonly<Record<string, string>>;
  /** As `linux/arm64`; the machine's own unless told. */
  readonly platform?: string | undefined;
  /** No registry is asked: every base image is on the machine. */
  readonly local?: boolean;
  /** The repository of this image's layers. */
  readonly cache?: LayerCache | undefined;
}

/** The command line that builds an image. */
export function buildCommand(engine: Engine, { dockerfile, tags, context, ...build }: Build): Command {
  const { platform, local = false } = build;
  // As root without a runtime of containers this is the one way that always works, and our files ask for no more.
  const isolation = engine === 'buildah' ? ['--isolation', 'chroot'] : [];
  const pull = local && (engine === 'buildah' || engine === 'podman') ? ['--pull=never'] : [];
  return command(
    [
      engine,
      // docker's own store keeps no layers for elsewhere: its builder of BuildKit does.
      ...(engine === 'docker' && build.cache !== undefined ? ['buildx', 'build', '--load'] : ['build']),
      ...layers(engine, build.cache),
      ...isolation,
      ...pull,
      ...(platform === undefined ? [] : ['--platform', platform]),
      '--file',
      dockerfile,
      ...Object.entries(build.arguments ?? {}).flatMap(([name, value]) => [
        '--build-arg',
        `${name}=${value}`,
      ]),
      ...tags.flatMap((tag) => ['--tag', tag]),
      context,
    ],
    { deadline: minutes(30) },
  );
}

/** Where layers come from, and go to, in the engine's own words. A registry that has none yet is no error to any of them. */
function layers(engine: Engine, cache: LayerCache | undefined): string[] {
  if (cache === undefined) return [];
  const { registry, writes } = cache;
  if (engine === 'buildah' || engine === 'podman') {
    return ['--layers', '--cache-from', registry, ...(writes ? ['--cache-to', registry] : [])];
  }
  const to = `type=registry,ref=${registry},mode=max,ignore-error=true`;
  return ['--cache-from', `type=registry,ref=${registry}`, ...(writes ? ['--cache-to', to] : [])];
}

export function build(engine: Engine, image: BuildableImage): Command {
  const { name, content, context, dockerfile, platform, local = false, cache } = image;
  return buildCommand(engine, {
    dockerfile,
    context,
    arguments: image.arguments ?? {},
    platform,
    local,
    cache: cache && { ...cache, registry: `${cache.registry}/${name}` },
    tags: ['latest', content].map((tag) => `${fullName(name)}:${tag}`),
  });
}

/** Asks whether an image is there. */
export function inspectImage(engine: Engine, reference: string): Command {
  const argv: Command['argv'] =
    engine === 'buildah'
      ? ['buildah', 'inspect', '--type', 'image', '--format', '{{.FromImageID}}', reference]
      : [engine, 'image', 'inspect', '--format', '{{.Id}}', reference];
  return command(argv, { deadline: seconds(30), mayFail: true });
}

export function hasImage(engine: Engine, { name, content }: BuildableImage): Command {
  return inspectImage(engine, `${fullName(name)}:${content}`);
}

/** Makes `latest` the image that was built from this content before. */
export function tagLatest(engine: Engine, { name, content }: BuildableImage): Command {
  return command([engine, 'tag', `${fullName(name)}:${content}`, `${fullName(name)}:latest`]);
}

/** Files that any cluster's tool can load, which together hold the image under both of its tags. */
export function archive(
  engine: Engine,
  { name, content }: BuildableImage,
  folder: string,
): { readonly file: string; readonly save: Command }[] {
  const tags = ['latest', content];
  const options = { deadline: minutes(10) };
  if (engine === 'buildah') {
    // Its archives hold one name each; the second load finds the layers there.
    return tags.map((tag) => {
      const file = `${folder}/${name}-${tag}.tar`;
      const source = `${fullName(name)}:${tag}`;
      return {
        file,
        save: command(['buildah', 'push', source, `docker-archive:${file}:${source}`], options),
      };
    });
  }
  const file = `${folder}/${name}-${content}.tar`;
  const format = engine === 'podman' ? ['--format', 'docker-archive'] : [];
  const names = tags.map((tag) => `${fullName(name)}:${tag}`);
  return [{ file, save: command([engine, 'save', ...format, '--output', file, ...names], options) }];
}
