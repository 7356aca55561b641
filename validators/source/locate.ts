import type { Source } from '../finding.ts';
import { type Origin, originOf, origins } from '../kustomization/origin.ts';
import type { Selected } from '../kustomization/select.ts';
import { reaching, readTree, type Tree } from '../kustomization/tree.ts';
import { groupOf } from '../model/model.ts';
import type { Reads } from '../render/inputs.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { below, descend } from './descend.ts';
import { type Documents, documentsOf } from './documents.ts';
import { stepsOf } from './steps.ts';
import { changeWrites, patchWrites, type Sought, type Write } from './writes.ts';

/**
 * Finds the line that set a field of a rendered object.
 * @param within the line of the text there that is meant, from 1: of use where the text is a file of its own.
 */
export type Locate = (object: KubernetesObject, path: string, within?: number) => Source | undefined;

/**
 * Follows a kustomization's build for the last thing that wrote a field: a patch, a replica count, an image, a label, a
 * prefix, a replacement or a generator, in its own folder, in a component or in a base; else the object itself.
 *
 * Of what is no plain value, and of what is missing, the place is where the nearest thing around it was first brought:
 * what a later patch adds beside it did not write it.
 * @param folder the kustomization's folder, relative to the root.
 */
export function locator(root: string, folder: string, reads?: Reads): Locate {
  let read:
    | { readonly tree: Tree; readonly documents: Documents; readonly all: ReturnType<typeof origins> }
    | undefined;
  return (object, path, within) => {
    if (read === undefined) {
      const tree = readTree(root, folder, reads);
      read = { tree, documents: documentsIn(tree, reads), all: origins(tree) };
    }
    const origin = originOf(read.all, object);
    return origin === undefined ? undefined : follow(read.tree, read.documents, origin, object, path, within);
  };
}

/** Documents of the files that a run has read: its targets share most of them. */
const shared = new WeakMap<Reads, Documents>();

function documentsIn(tree: Tree, reads: Reads | undefined): Documents {
  const documents = (reads && shared.get(reads)) ?? documentsOf(tree.text);
  if (reads !== undefined) shared.set(reads, documents);
  return documents;
}

function follow(
  tree: Tree,
  documents: Documents,
  origin: Origin,
  object: KubernetesObject,
  path: string,
  within: number | undefined,
): Source | undefined {
  const steps = stepsOf(path);
  let value: unknown = object;
  for (const step of steps) value = below(value, step);
  const sought: Sought = { object, selected: selectedAs(object, origin), steps, value, within };
  const brought = tree.steps[origin.step];
  if (brought === undefined) return undefined;
  let best: Write | undefined;
  if (brought.action === 'generator') [best] = changeWrites(brought, sought, documents);
  else {
    const file = String(brought.entry);
    // A List's items have no document of their own.
    const placed = documents.at(file, origin.document);
    if (placed === undefined) return { file };
    const { offset, depth } = descend(placed.contents, steps, object);
    best = { source: { file, line: placed.lineOf(offset) }, depth, whole: false };
  }
  const plain = typeof value !== 'object' || value === null;
  for (const step of reaching(tree, origin.step)) {
    const writes =
      step.action === 'patch' ? patchWrites(step, sought, documents) : changeWrites(step, sought, documents);
    for (const write of writes) {
      const same = plain && value !== undefined && write.depth === steps.length;
      if (
        best === undefined ||
        write.whole ||
        write.depth > best.depth ||
        (same && write.depth >= best.depth)
      )
        best = write;
    }
  }
  return best?.source;
}

/** An object as the selectors of its build saw it: by all names that it had, and the labels that it has now. */
function selectedAs(object: KubernetesObject, { object: described, names, namespaces }: Origin): Selected {
  const { labels = {}, annotations = {}, name, namespace } = object.metadata;
  const before = described?.metadata;
  return {
    group: groupOf(object),
    kinds: [...new Set([described?.kind ?? object.kind, object.kind])],
    names: [...new Set([...names, name])],
    namespaces: [...namespaces, ...(namespace === undefined ? ['default'] : [namespace])],
    labels: { ...before?.labels, ...labels },
    annotations: { ...before?.annotations, ...annotations },
  };
}
