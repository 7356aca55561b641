import { glob, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path/posix';
import { isMap, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';

/** A YAML file of the repository, as it is written. */
export interface SourceFile {
  /** Relative to the root. */
  readonly path: string;
  readonly text: string;
}

/** Every YAML file below some folders of a repository. */
export async function sourceFiles(root: string, folders: readonly string[]): Promise<SourceFile[]> {
  const found = await Array.fromAsync(glob(`{${folders.join(',')}}/**/*.{yaml,yml}`, { cwd: root }));
  return Promise.all(
    found.sort().map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })),
  );
}

export function isKustomization({ path }: SourceFile): boolean {
  return /^kustomization\.ya?ml$/.test(basename(path));
}

/** Fields that kustomize will not know for ever. */
const deprecated = ['bases', 'vars', 'commonLabels', 'patchesStrategicMerge', 'patchesJson6902'];

/** `file:line: message` for each field of a kustomization that is deprecated. */
export function deprecatedFields(file: SourceFile): string[] {
  return topLevelKeys(file)
    .flat()
    .filter(({ key }) => deprecated.includes(key))
    .map(({ key, line }) => `${file.path}:${line}: the field ${key} is deprecated`);
}

/** `file:line: message` for a file whose documents have their keys in another order than apiVersion, kind, metadata, spec. */
export function keysOutOfOrder(file: SourceFile): string[] {
  const order = ['apiVersion', 'kind', 'metadata', 'spec'];
  return topLevelKeys(file).flatMap((keys) => {
    const present = keys.filter(({ key }) => order.includes(key));
    const sorted = present.toSorted((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
    const wrong = present.find(({ key }, index) => key !== sorted[index]?.key);
    if (wrong !== undefined) {
      return [`${file.path}:${wrong.line}: ${wrong.key} stands where ${order.join(', ')} has another`];
    }
    // What is no object and no kustomization has keys of its own.
    const headed = present.some(({ key }) => key === 'kind' || key === 'apiVersion');
    const late = headed && keys[0]?.key !== 'apiVersion' && keys[0]?.key !== 'kind';
    return late ? [`${file.path}:${keys[0]?.line}: ${keys[0]?.key} stands before apiVersion and kind`] : [];
  });
}

/** `file:line: message` for each anchor and alias. */
export function anchors(file: SourceFile): string[] {
  const lines = new LineCounter();
  const found: string[] = [];
  const tell = (offset: number | undefined, what: string) => {
    found.push(`${file.path}:${lines.linePos(offset ?? 0).line}: ${what}`);
  };
  for (const document of parseAllDocuments(file.text, { lineCounter: lines })) {
    if (!('contents' in document)) continue;
    visit(document, {
      Alias: (_, node) => tell(node.range?.[0], `the alias ${node.source}`),
      Value: (_, node) => {
        if (node.anchor !== undefined) tell(node.range?.[0], `the anchor ${node.anchor}`);
      },
    });
  }
  return found;
}

/** `file: message` for a file of one object that is not named for it, or holds several. */
export function misnamed(file: SourceFile): string[] {
  const kinds = [...file.text.matchAll(/^kind: *["']?(\w+)/gm)].map(([, kind = '']) => kind.toLowerCase());
  const documents = parseAllDocuments(file.text).length;
  if (documents > 1 || kinds.length > 1) return [`${file.path}: it holds ${documents} objects`];
  const name = basename(file.path).replace(/\.ya?ml$/, '');
  const [kind = 'object'] = kinds;
  if (name.endsWith('-patch')) return [`${file.path}: it is named as a patch, and is a resource`];
  if (name === kind || name.endsWith(`-${kind}`)) return [];
  return [`${file.path}: it holds a ${kind}, so its name is ${kind}.yaml or <role>-${kind}.yaml`];
}

/** The files that a kustomization names as resources, and as patches. */
export function namedFiles(file: SourceFile): { readonly resources: string[]; readonly patches: string[] } {
  const [document] = parseAllDocuments(file.text);
  const { resources = [], patches = [] } = (document && 'toJS' in document ? document.toJS() : {}) as {
    resources?: string[];
    patches?: { path?: string }[];
  };
  const here = (name: string) => join(dirname(file.path), name);
  return {
    resources: resources.filter((name) => /\.ya?ml$/.test(name)).map(here),
    patches: patches.flatMap(({ path }) => (path === undefined ? [] : [here(path)])),
  };
}

function topLevelKeys({ text }: SourceFile): { readonly key: string; readonly line: number }[][] {
  const lines = new LineCounter();
  return parseAllDocuments(text, { lineCounter: lines }).flatMap((document) => {
    if (!('contents' in document) || !isMap(document.contents)) return [];
    return [
      document.contents.items.flatMap(({ key }) =>
        isScalar(key) ? [{ key: String(key.value), line: lines.linePos(key.range?.[0] ?? 0).line }] : [],
      ),
    ];
  });
}
