import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { didYouMean, UsageError } from '@plumbline/validators';
import { readImages } from '../../facts/index.ts';
import { contentOf } from './content.ts';

/** An image that is built here, with the tag of what it is built from. */
export interface BuildableImage {
  readonly name: string;
  readonly system: string;
  readonly context: string;
  readonly dockerfile: string;
  /** What the build is told. */
  readonly arguments?: Readonly<Record<string, string>>;
  /** As `linux/arm64`; undefined for the machine's own. */
  readonly platform?: string | undefined;
  /** Its base images are on the machine, and no registry is asked for them. */
  readonly local?: boolean;
  /** Where layers of earlier builds are had. */
  readonly cache?: LayerCache | undefined;
  /** Twelve digits: the same files, arguments and platform give the same. */
  readonly content: string;
}

/** Layers of earlier builds, in a registry: what a machine that never built before need not do again. */
export interface LayerCache {
  /** A registry with the path below it, where each image has a repository of layers. */
  readonly registry: string;
  /** Whether this build's layers go there too. */
  readonly writes: boolean;
}

/** How images are built, beside what base/images.yaml says. */
export interface HowToBuild {
  readonly platform?: string | undefined;
  /** The images that Dockerfiles begin with, by the names of their arguments; each gets those that it takes. */
  readonly bases?: Readonly<Record<string, string>> | undefined;
  readonly cache?: LayerCache | undefined;
}

/** The Dockerfile of every worker in TypeScript; it is told the system. */
const workers = 'apps/Dockerfile';

/** The image of `npm run debug`, which no system runs. */
export const debugImage = 'plumbline-debug';

/** What can be built, and a line for each image whose Dockerfile is not in the repository. */
export interface Buildable {
  readonly images: readonly BuildableImage[];
  readonly missing: readonly string[];
}

/**
 * The images that base/images.yaml says are built here: those of these names and of these systems, or all when none is named.
 * @throws UsageError when a word names no image and no system with one.
 */
export async function buildableImages(
  root: string,
  words: readonly string[],
  { platform, bases, cache }: HowToBuild = {},
): Promise<Buildable> {
  const { built } = await readImages(root);
  const systems = [...new Set(Object.values(built).map(({ system }) => system))].sort();
  const known = [...systems, ...Object.keys(built).sort()];
  for (const word of words) {
    if (!known.includes(word)) {
      throw new UsageError(
        `no image of "${word}" stands in base/images.yaml${didYouMean(word, known)}; there are ${known.join(', ')}`,
      );
    }
  }
  const chosen = Object.entries(built).filter(
    ([name, { system }]) => words.length === 0 || words.includes(system) || words.includes(name),
  );
  const missing: string[] = [];
  const images: BuildableImage[] = [];
  for (const [name, { system, context, dockerfile }] of chosen) {
    const isThere = await access(join(root, dockerfile)).then(
      () => true,
      () => false,
    );
    if (!isThere) {
      missing.push(`  ${name}: ${dockerfile} is not in the repository`);
      continue;
    }
    const ofWorker = dockerfile === workers;
    if (ofWorker && !(await holdsWorkers(root, system))) {
      missing.push(`  ${name}: apps/${system} has no workers yet`);
      continue;
    }
    const asked = argumentsOf(await readFile(join(root, dockerfile), 'utf8'));
    const own = Object.entries(bases ?? {}).filter(([argument]) => asked.has(argument));
    const args: Record<string, string> = {
      ...(ofWorker ? { SYSTEM: system } : {}),
      ...Object.fromEntries(own),
    };
    const told = [...Object.entries(args).flat(), ...(platform === undefined ? [] : [platform])];
    const content = await contentOf(root, context, dockerfile, {
      told,
      leavesOut: ofWorker ? ofAnotherSystem(system) : () => false,
    });
    const local = own.length > 0;
    images.push({ name, system, context, dockerfile, arguments: args, platform, local, cache, content });
  }
  return { images, missing };
}

/** The arguments that a Dockerfile takes. */
function argumentsOf(dockerfile: string): Set<string> {
  return new Set([...dockerfile.matchAll(/^ARG (\w+)/gm)].map(([, name]) => name ?? ''));
}

function holdsWorkers(root: string, system: string): Promise<boolean> {
  return access(join(root, 'apps', system, 'package.json')).then(
    () => true,
    () => false,
  );
}

/** Files that stand in the build's context, and not in the image of this system. */
function ofAnotherSystem(system: string): (path: string) => boolean {
  return (path) => {
    const [apps, folder, ...rest] = path.split('/');
    // A web front is an image of its own, and stands in no other.
    if (apps === 'apps' && rest[0] === 'frontend') return true;
    if (path.endsWith('package.json')) return false;
    return apps === 'apps' && rest.length > 0 && folder !== 'kit' && folder !== system;
  };
}

/**
 * The images, once it is told that some cannot be built: a dry run goes on without them, all else ends.
 * @param wayOut what a person can do.
 * @throws UsageError when some cannot be built and it is no dry run.
 */
export function builtOrTold({ images, missing }: Buildable, dryRun: boolean, wayOut: string) {
  if (missing.length === 0) return images;
  const message = `These images cannot be built:\n${missing.join('\n')}\n${wayOut}`;
  if (!dryRun) throw new UsageError(message);
  process.stderr.write(`${message}\nThe plan below leaves them out.\n\n`);
  return images;
}
