import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '@plumbline/validators';
import { isMap, isSeq, parse, parseDocument, type YAMLMap } from 'yaml';
import type { BuildableImage } from './built.ts';
import type { PushedImage } from './push.ts';

/**
 * Writes where images are, by tag and digest, into the `images` of a kustomization's text; comments and all else stay.
 * @throws UsageError when an image has no entry there.
 */
export function pinned(text: string, file: string, images: readonly PushedImage[]): string {
  const document = parseDocument(text);
  const entries = document.get('images');
  for (const { image, repository, digest } of images) {
    const entry = isSeq(entries)
      ? entries.items.find((item) => isMap(item) && item.get('name') === image.name)
      : undefined;
    if (entry === undefined) {
      throw new UsageError(
        `${file} has no entry for ${image.name} in its images: add "- name: ${image.name}"`,
      );
    }
    const map = entry as YAMLMap;
    map.set('newName', repository);
    map.set('newTag', image.content);
    map.set('digest', digest);
  }
  return document.toString({ lineWidth: 0, indentSeq: true });
}

/**
 * Pins each image in its system's overlay of an environment, and says which files that changed. Nothing is written
 * unless every overlay has its images; each file is replaced whole.
 */
export async function pinImages(
  root: string,
  environment: string,
  images: readonly PushedImage[],
): Promise<string[]> {
  const changes: { readonly file: string; readonly after: string }[] = [];
  for (const system of new Set(images.map(({ image }) => image.system))) {
    const file = `overlays/${environment}/${system}/kustomization.yaml`;
    const before = await readFile(join(root, file), 'utf8');
    const after = pinned(
      before,
      file,
      images.filter(({ image }) => image.system === system),
    );
    if (after !== before) changes.push({ file, after });
  }
  for (const { file, after } of changes) {
    await writeFile(join(root, `${file}.new`), after);
    await rename(join(root, `${file}.new`), join(root, file));
  }
  return changes.map(({ file }) => file);
}

/** Names of the images that an environment's overlays have from this registry already, at their content and with a digest. */
export async function pinnedAlready(
  root: string,
  environment: string,
  registry: string,
  images: readonly BuildableImage[],
): Promise<string[]> {
  const pinned: string[] = [];
  for (const image of images) {
    const file = `overlays/${environment}/${image.system}/kustomization.yaml`;
    const text = await readFile(join(root, file), 'utf8').catch(() => '');
    const { images: entries = [] } = (parse(text) ?? {}) as { images?: readonly PinnedEntry[] };
    const entry = entries.find(({ name }) => name === image.name);
    const isIt = entry?.newName === `${registry}/${image.name}` && String(entry.newTag) === image.content;
    if (isIt && entry.digest !== undefined) pinned.push(image.name);
  }
  return pinned;
}

interface PinnedEntry {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly digest?: string;
}
