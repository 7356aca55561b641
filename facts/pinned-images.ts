import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Context, didYouMean, mistakenFile, parseYaml, type Rule } from '@plumbline/validators';

/** base/images.yaml: every image that the manifests run. */
export interface Images {
  /** Published images by name, with the tags in use. */
  readonly published: Readonly<Record<string, readonly string[]>>;
  /** Images built here, by the name that base/ gives them. */
  readonly built: Readonly<Record<string, BuiltImage>>;
}

/** An image built here. */
export interface BuiltImage {
  readonly system: string;
  /** The build's folder, relative to the root. */
  readonly context: string;
  /** The Dockerfile, relative to the root. */
  readonly dockerfile: string;
}

/** Reads base/images.yaml. @throws MistakenFiles when it has not the two maps. */
export async function readImages(root: string): Promise<Images> {
  const content = parseYaml(await readFile(join(root, 'base/images.yaml'), 'utf8')) as Partial<Images> | null;
  if (content?.published === undefined || content.built === undefined) {
    const message = 'it must hold the maps "published" and "built"';
    throw mistakenFile('base/images.yaml', 'image-not-pinned', [{ message }]);
  }
  return { published: content.published, built: content.built };
}

/** The registry that production takes the images built here from. */
const registry = /^[a-z0-9.-]+(?::\d+)?\/(?:[a-z0-9._-]+\/)*/;

/** A rule: a published image runs at the tag that base/images.yaml names, an image built here at `latest` on laptops. */
export function pinnedImages(images: Images): Rule {
  return {
    id: 'image-not-pinned',
    severity: 'error',
    family: 'security',
    title: 'an image is not the one that base/images.yaml pins',
    *check({ model, environment }: Context) {
      for (const { object, containers } of model.workloads) {
        for (const { spec, path } of containers) {
          const message = mistake(spec.image ?? '', images, environment?.secrets === 'external');
          if (message !== undefined) yield { object, path: `${path}.image`, message };
        }
      }
    },
  };
}

function mistake(image: string, images: Images, production: boolean): string | undefined {
  const [reference = '', digest] = image.split('@');
  const colon = reference.lastIndexOf(':');
  const [name, tag] =
    colon > reference.lastIndexOf('/')
      ? [reference.slice(0, colon), reference.slice(colon + 1)]
      : [reference, undefined];
  const built = images.built[name] ?? (production ? images.built[name.replace(registry, '')] : undefined);
  if (built !== undefined) {
    if (production && (tag === undefined || tag === 'latest') && digest === undefined) {
      return `${image} is not pinned: production runs a content tag or a digest, which npm run images -- --push writes`;
    }
    if (!production && tag !== 'latest')
      return `${image} is built here, and laptops run it as ${name}:latest`;
    return undefined;
  }
  const tags = images.published[name];
  const known = [...Object.keys(images.published), ...Object.keys(images.built)];
  if (tags === undefined)
    return `${name} does not stand in base/images.yaml${didYouMean(name, known)}: pin it there`;
  if (tag === undefined || !tags.includes(tag)) {
    return `${image} is not at a tag that base/images.yaml pins (${tags.join(', ')})`;
  }
  return undefined;
}
