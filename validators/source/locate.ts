import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, parseDocument } from 'yaml';
import type { Source } from '../finding.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { type SetByPatch, setByJsonPatches } from './json-patches.ts';
import { descend, lineAt } from './line-at.ts';
import { stepsOf } from './steps.ts';

/** A document of a source file that describes, or patches, an object. */
interface Candidate {
  readonly file: string;
  readonly contents: Node | null;
  readonly lines: LineCounter;
  readonly name: string;
  /** Lines of the file before the document's text, where it is a patch that stands in a kustomization. */
  readonly above: number;
}

/**
 * Finds, among the files that a target is made of, the line that set a field of a rendered object: the last file
 * (a patch after the base) that describes the object and has the field, else the object itself.
 *
 * Names are compared without generated suffixes and name prefixes, since these are added by the render.
 */
export async function locateSource(
  root: string,
  files: readonly string[],
  object: KubernetesObject,
  path: string,
): Promise<Source | undefined> {
  const candidates: Candidate[] = [];
  for (const file of files.filter((name) => /\.ya?ml$/.test(name))) {
    const text = await readFile(join(root, file), 'utf8').catch(() => '');
    if (!text.includes(object.kind)) continue;
    for (const inside of [{ text, above: 0 }, ...(isKustomization(file) ? inlinePatches(text) : [])]) {
      const lines = new LineCounter();
      for (const document of parseAllDocuments(inside.text, { lineCounter: lines, uniqueKeys: false })) {
        if (!('contents' in document) || !isMap(document.contents)) continue;
        const kind = document.getIn(['kind']);
        const name = document.getIn(['metadata', 'name']);
        if (kind !== object.kind || typeof name !== 'string' || !sameName(object.metadata.name, name))
          continue;
        candidates.push({ file, contents: document.contents, lines, name, above: inside.above });
      }
    }
  }
  const exact = candidates.filter((candidate) => candidate.name === object.metadata.name);
  const ranked = [...(exact.length > 0 ? exact : candidates)].sort((a, b) => rank(a.file) - rank(b.file));
  const steps = stepsOf(path);
  let best: { readonly source: Source; readonly depth: number } | undefined;
  for (const { file, contents, lines, above } of ranked) {
    const { offset, depth } = descend(contents, steps);
    if (best === undefined || depth >= best.depth) {
      best = { source: { file, line: lines.linePos(offset).line + above }, depth };
    }
  }
  for (const set of await jsonPatches(root, files, object, steps)) {
    if (best === undefined || set.depth >= best.depth) best = set;
  }
  return best?.source ?? generatorOf(root, files, object);
}

/** The patches that stand in a kustomization itself, each with the lines before it. */
function inlinePatches(text: string): { readonly text: string; readonly above: number }[] {
  const lines = new LineCounter();
  const patches = parseDocument(text, { lineCounter: lines, uniqueKeys: false }).get('patches');
  return (isSeq(patches) ? patches.items : []).flatMap((entry) => {
    const patch = isMap(entry) ? entry.get('patch', true) : undefined;
    if (!isScalar(patch) || typeof patch.value !== 'string') return [];
    // The text of a block begins on the line after its `|-`.
    return [{ text: patch.value, above: lines.linePos(patch.range?.[0] ?? 0).line }];
  });
}

function isKustomization(file: string): boolean {
  return /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(file);
}

async function jsonPatches(
  root: string,
  files: readonly string[],
  object: KubernetesObject,
  steps: readonly (string | number)[],
): Promise<SetByPatch[]> {
  const texts = new Map<string, string>();
  for (const file of [...files].sort((a, b) => rank(a) - rank(b))) {
    if (/\.(?:ya?ml|json)$/.test(file))
      texts.set(file, await readFile(join(root, file), 'utf8').catch(() => ''));
  }
  return [...texts]
    .filter(([file, text]) => isKustomization(file) && text.includes('patches:'))
    .flatMap(([file, text]) => setByJsonPatches(file, text, object, steps, (name) => texts.get(name)));
}

/** The generator that makes a ConfigMap or a Secret: the last one that names it. */
async function generatorOf(
  root: string,
  files: readonly string[],
  { kind, metadata }: KubernetesObject,
): Promise<Source | undefined> {
  const field = { ConfigMap: 'configMapGenerator', Secret: 'secretGenerator' }[kind];
  if (field === undefined) return undefined;
  let found: Source | undefined;
  for (const file of [...files].sort((a, b) => rank(a) - rank(b))) {
    if (!isKustomization(file)) continue;
    const text = await readFile(join(root, file), 'utf8').catch(() => '');
    if (!text.includes(field)) continue;
    const generators: unknown = parseDocument(text, { uniqueKeys: false }).toJS()?.[field];
    const index = (Array.isArray(generators) ? generators : []).findIndex(
      (generator) => typeof generator?.name === 'string' && sameName(metadata.name, generator.name),
    );
    if (index >= 0) found = { file, line: lineAt(text, `${field}[${index}]`) };
  }
  return found;
}

/** Bases first, then components, then overlays: the order in which they are applied. */
function rank(file: string): number {
  if (file.startsWith('base/components/')) return 1;
  return file.startsWith('base/') ? 0 : 2;
}

function sameName(rendered: string, written: string): boolean {
  return rendered === written || rendered.endsWith(`-${written}`) || rendered.startsWith(`${written}-`);
}
