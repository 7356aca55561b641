import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { Source } from '../finding.ts';
import type { KubernetesObject } from '../render/objects.ts';

/** A document of a source file that describes, or patches, an object. */
interface Candidate {
  readonly file: string;
  readonly contents: Node | null;
  readonly lines: LineCounter;
  readonly name: string;
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
    const lines = new LineCounter();
    for (const document of parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false })) {
      if (!('contents' in document)) continue;
      const kind = document.getIn(['kind']);
      const name = document.getIn(['metadata', 'name']);
      if (kind !== object.kind || typeof name !== 'string' || !sameName(object.metadata.name, name)) continue;
      candidates.push({ file, contents: document.contents, lines, name });
    }
  }
  const exact = candidates.filter((candidate) => candidate.name === object.metadata.name);
  const ranked = [...(exact.length > 0 ? exact : candidates)].sort((a, b) => rank(a.file) - rank(b.file));
  const steps = stepsOf(path);
  let best: { readonly source: Source; readonly depth: number } | undefined;
  for (const { file, contents, lines } of ranked) {
    const { offset, depth } = descend(contents, steps);
    if (best === undefined || depth >= best.depth) {
      best = { source: { file, line: lines.linePos(offset).line }, depth };
    }
  }
  return best?.source;
}

/** Bases first, then components, then overlays: the order in which they are applied. */
function rank(file: string): number {
  if (file.startsWith('base/components/')) return 1;
  return file.startsWith('base/') ? 0 : 2;
}

function sameName(rendered: string, written: string): boolean {
  return rendered === written || rendered.endsWith(`-${written}`) || rendered.startsWith(`${written}-`);
}

/** `spec.containers[0].image` as its steps. */
function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, plain]) =>
    index === undefined ? (quoted ?? plain ?? '') : Number(index),
  );
}

/** How far a path leads into a node, and the offset of where it ended. */
function descend(node: Node | null, steps: readonly (string | number)[]): { offset: number; depth: number } {
  let current: unknown = node;
  let offset = node?.range?.[0] ?? 0;
  let depth = 0;
  for (const step of steps) {
    if (isMap(current)) {
      const pair = current.items.find((item) => isScalar(item.key) && item.key.value === step);
      if (pair === undefined) break;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      current = pair.value;
    } else if (isSeq(current) && typeof step === 'number') {
      const item = current.items[step];
      if (item === undefined) break;
      offset = (item as Node).range?.[0] ?? offset;
      current = item;
    } else break;
    depth += 1;
  }
  return { offset, depth };
}
