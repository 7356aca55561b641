import { access } from 'node:fs/promises';
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
  /** Twelve digits: the same files give the same. */
  readonly content: string;
}

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
export async function buildableImages(root: string, systems: readonly string[]): Promise<Buildable> {
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
    if (!isThere) missing.push(`  ${name}: ${dockerfile} is not in the repository`);
    else
      images.push({ name, system, context, dockerfile, content: await contentOf(root, context, dockerfile) });
  }
  return { images, missing };
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
