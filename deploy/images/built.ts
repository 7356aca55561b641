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
  /** Twelve digits: the same files, arguments and platform give the same. */
  readonly content: string;
}

/** How images are built, beside what base/images.yaml says. */
export interface HowToBuild {
  readonly platform?: string | undefined;
  /** The images that Dockerfiles begin with, by the names of their arguments; each gets those that it takes. */
  readonly bases?: Readonly<Record<string, string>> | undefined;
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
 * The images of these systems (all when none is named) that base/images.yaml says are built here.
 * @throws UsageError when a word names no system with an image.
 */
export async function buildableImages(
  root: string,
  systems: readonly string[],
  { platform, bases }: HowToBuild = {},
): Promise<Buildable> {
  const { built } = await readImages(root);
  const known = new Set(Object.values(built).map(({ system }) => system));
  for (const name of systems) {
    if (!known.has(name)) {
      const names = [...known].sort();
      throw new UsageError(
        `no image of "${name}" stands in base/images.yaml${didYouMean(name, names)}; there are ${names.join(', ')}`,
      );
    }
  }
  const chosen = Object.entries(built).filter(
    ([, { system }]) => systems.length === 0 || systems.includes(system),
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
    images.push({ name, system, context, dockerfile, arguments: args, platform, local, content });
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
