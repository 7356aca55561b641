import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { Finding } from '../finding.ts';
import { didYouMean } from '../text/nearest.ts';
import { splitDocuments } from './objects.ts';
import { siblings } from './siblings.ts';
import { parseYaml } from './yaml.ts';

/** What a kustomization is made of. */
export interface Inputs {
  /** Every file that the build reads, relative to the root, sorted. */
  readonly files: readonly string[];
  /** SHA-256 over the files' paths and contents; undefined when something lies outside (a remote base). */
  readonly digest: string | undefined;
  /** The folders, relative to the root, that make it up in this order, where it is a list of kustomizations and nothing else. */
  readonly parts: readonly string[] | undefined;
  /** Every field that a kustomization of it has. */
  readonly fields: ReadonlySet<string>;
  /** References that lead nowhere, with the file, the field and the line that hold them. */
  readonly findings: readonly Finding[];
}

/** What was read in a run, by path relative to the root: targets share most of their files, and read them once. */
export interface Reads {
  readonly files: Map<string, FileRead | 'a folder' | undefined>;
  readonly kustomizations: Map<string, Kustomization | undefined>;
}

interface FileRead {
  readonly text: string;
  readonly digest: Buffer;
}

/** The kustomization of a folder, as far as it names other files. */
export interface Kustomization {
  /** Its file; several are a mistake, which the build tells. */
  readonly files: readonly [string, ...string[]];
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly references: readonly Reference[];
  /** The texts of plugins that stand in it. */
  readonly plugins: readonly string[];
}

export interface Reference {
  /** Where it stands, as `resources[2]`. */
  readonly field: string;
  readonly path: string;
  /** Whether a folder may stand there, a kustomization to walk. */
  readonly walk: boolean;
  /** Whether the file is the configuration of a generator, transformer or validator, which may name files itself. */
  readonly plugin?: boolean;
}

/** Fields whose entries configure a generator, a transformer or a validator. */
const pluginFields = ['generators', 'transformers', 'validators'];

const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Nothing read yet. */
export function newReads(): Reads {
  return { files: new Map(), kustomizations: new Map() };
}

/**
 * Walks a kustomization and everything that it refers to.
 * Follows the fields of kustomize.config.k8s.io/v1beta1 Kustomization and v1alpha1 Component.
 * @param reads what other targets of the run read already.
 */
export async function readInputs(root: string, folder: string, reads: Reads = newReads()): Promise<Inputs> {
  const files = new Map<string, Buffer>();
  const findings: Finding[] = [];
  const seen = new Set<string>();
  const fields = new Set<string>();
  let remote = false;

  /** Adds a file to the inputs, and gives its text; undefined when there is no such file. */
  function add(path: string): string | undefined {
    const found = readPath(root, path, reads);
    if (found === undefined || found === 'a folder') return undefined;
    files.set(posix(path), found.digest);
    return found.text;
  }

  async function walk(directory: string): Promise<boolean> {
    if (seen.has(directory)) return true;
    const kustomization = readKustomization(root, directory, reads);
    if (kustomization === undefined) return false;
    seen.add(directory);
    for (const file of kustomization.files) add(file);
    for (const field of Object.keys(kustomization.fields)) fields.add(field);
    for (const reference of kustomization.references) await follow(directory, kustomization, reference);
    for (const text of kustomization.plugins) addNamedBy(directory, text);
    return true;
  }

  async function follow(directory: string, from: Kustomization, reference: Reference): Promise<void> {
    if (isRemote(reference.path)) {
      remote = true;
      return;
    }
    const path = join(directory, reference.path);
    const isFolder = readPath(root, path, reads) === 'a folder';
    if (isFolder && reference.walk && (await walk(path))) return;
    const text = add(path);
    if (text !== undefined) {
      if (reference.plugin) addNamedBy(directory, text);
      return;
    }
    const wrong = reference.walk ? 'a folder without a kustomization.yaml' : 'a folder and must be a file';
    const near = await siblings(join(root, dirname(path)));
    const meant = didYouMean(reference.path.split('/').at(-1) ?? '', near);
    // Loaded when something is wrong: a run that finds nothing has no use for it.
    const { lineAt } = await import('../source/line-at.ts');
    findings.push({
      rule: 'render',
      severity: 'error',
      path: reference.field,
      message: `${reference.field} names ${reference.path}, which is ${isFolder ? wrong : 'not there'}${meant}: mend the path, or add the file`,
      source: { file: posix(from.files[0]), line: lineAt(from.text, reference.field) },
    });
  }

  /** Adds the files that a plugin's configuration names, by the fields that the built-in ones have. */
  function addNamedBy(directory: string, text: string): void {
    for (const name of namedBy(text)) add(join(directory, name));
  }

  await walk(folder);
  const sorted = [...files.keys()].sort();
  const parts = partsOf(root, folder, reads);
  if (remote) return { files: sorted, digest: undefined, parts, fields, findings };
  const hash = createHash('sha256');
  for (const file of sorted) hash.update(`${relative(folder, file)}\0`).update(files.get(file) ?? '');
  return { files: sorted, digest: hash.digest('hex'), parts, fields, findings };
}

/** What a folder's kustomization is, and the folders of those that it names; undefined where there is none. */
export function readParts(
  root: string,
  folder: string,
  reads: Reads,
): { readonly isComponent: boolean; readonly includes: readonly string[] } | undefined {
  const kustomization = readKustomization(root, folder, reads);
  if (kustomization === undefined) return undefined;
  const includes = kustomization.references
    .filter(({ path, walk }) => walk && !isRemote(path))
    .map(({ path }) => posix(join(folder, path)).replace(/\/$/, ''))
    .filter((path) => readPath(root, path, reads) === 'a folder');
  return { isComponent: kustomization.fields.kind === 'Component', includes };
}

/** The folders that a kustomization lists, where it says nothing else and each of them is a kustomization itself. */
function partsOf(root: string, folder: string, reads: Reads): string[] | undefined {
  const whole = readKustomization(root, folder, reads);
  const plain = new Set(['apiVersion', 'kind', 'resources']);
  if (whole === undefined || !Object.keys(whole.fields).every((field) => plain.has(field))) return undefined;
  const parts = whole.references.map(({ path }) => join(folder, path));
  const kinds = parts.map((part) => readKustomization(root, part, reads)?.fields.kind ?? 'Kustomization');
  const all = [whole.fields.kind ?? 'Kustomization', ...kinds];
  const known = parts.every((part) => readKustomization(root, part, reads) !== undefined);
  return known && parts.length > 0 && all.every((kind) => kind === 'Kustomization')
    ? parts.map(posix)
    : undefined;
}

/** The text of a file, by its path from the root; undefined when there is no such file. */
export function textOf(root: string, path: string, reads: Reads): string | undefined {
  const found = readPath(root, path, reads);
  return typeof found === 'object' ? found.text : undefined;
}

/** Reads a file, once in a run; at once, since hundreds of small files take longer to wait for than to read. */
function readPath(root: string, path: string, { files }: Reads): FileRead | 'a folder' | undefined {
  if (files.has(path)) return files.get(path);
  let found: FileRead | 'a folder' | undefined;
  try {
    const content = readFileSync(join(root, path));
    found = { text: content.toString('utf8'), digest: createHash('sha256').update(content).digest() };
  } catch (error) {
    found = (error as NodeJS.ErrnoException).code === 'EISDIR' ? 'a folder' : undefined;
  }
  files.set(path, found);
  return found;
}

/** The kustomization of a folder; undefined when it has none. */
export function readKustomization(root: string, directory: string, reads: Reads): Kustomization | undefined {
  const { kustomizations } = reads;
  if (kustomizations.has(directory)) return kustomizations.get(directory);
  const [first, ...others] = kustomizationNames
    .map((name) => join(directory, name))
    .filter((path) => typeof readPath(root, path, reads) === 'object');
  let kustomization: Kustomization | undefined;
  if (first !== undefined) {
    const text = (readPath(root, first, reads) as FileRead).text;
    const fields = fieldsOf(text);
    kustomization = {
      files: [first, ...others],
      text,
      fields,
      references: referencesOf(fields),
      plugins: pluginFields
        .flatMap((field) => list(fields[field]))
        .filter((value) => typeof value === 'string')
        .filter(isInline),
    };
  }
  kustomizations.set(directory, kustomization);
  return kustomization;
}

/** What a kustomization holds; nothing where it is no YAML, since the render says what is wrong with it. */
function fieldsOf(text: string): Record<string, unknown> {
  try {
    const parsed = parseYaml(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function posix(path: string): string {
  return path.split(sep).join('/');
}

/** True for what kustomize would fetch: a URL, a git address, a host with a path. */
function isRemote(path: string): boolean {
  return (
    /^(?:[a-z+]+:\/\/|git@|git::|(?:github|gitlab|bitbucket)\.(?:com|org)[/:])/i.test(path) ||
    /[?&](?:ref|version)=|\.git(?:$|[/?])|\/_git\//.test(path)
  );
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Text on several lines, or that is an object, is inline content and not a path. */
function isInline(text: string): boolean {
  return text.includes('\n') || text.trimStart().startsWith('{');
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !isInline(value);
}

/** The words that a plugin's configuration has where file names stand; not all of them are files. */
function namedBy(text: string): string[] {
  const names: string[] = [];
  const visit = (value: unknown, key: string): void => {
    if (typeof value === 'string' && /^(?:path|paths|file|files|env|envs)$/.test(key) && !isInline(value)) {
      names.push(value.slice(value.indexOf('=') + 1));
    } else if (Array.isArray(value)) {
      for (const item of value) visit(item, key);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) visit(item, name);
    }
  };
  for (const document of splitDocuments(text)) {
    try {
      visit(parseYaml(document), '');
    } catch {
      // The render says what is wrong with it.
    }
  }
  return names;
}

/** Every path that a kustomization names, with the field that names it. */
function referencesOf(kustomization: Record<string, unknown>): Reference[] {
  const references: Reference[] = [];
  const add = (field: string, value: unknown, walk: boolean, plugin = false) => {
    if (isPath(value)) references.push({ field, path: value, walk, plugin });
  };
  for (const field of ['resources', 'bases', 'components', ...pluginFields]) {
    list(kustomization[field]).forEach((value, index) => {
      add(`${field}[${index}]`, value, true, pluginFields.includes(field));
    });
  }
  for (const field of ['crds', 'configurations', 'patchesStrategicMerge']) {
    list(kustomization[field]).forEach((value, index) => {
      add(`${field}[${index}]`, value, false);
    });
  }
  for (const field of ['patches', 'patchesJson6902', 'replacements']) {
    list(kustomization[field]).forEach((value, index) => {
      add(`${field}[${index}].path`, (value as Record<string, unknown> | null)?.path, false);
    });
  }
  for (const field of ['configMapGenerator', 'secretGenerator']) {
    list(kustomization[field]).forEach((value, index) => {
      const generator = (value ?? {}) as Record<string, unknown>;
      list(generator.files).forEach((file, position) => {
        // `key=path` names the key that the file's content gets.
        const path =
          typeof file === 'string' && file.includes('=') ? file.slice(file.indexOf('=') + 1) : file;
        add(`${field}[${index}].files[${position}]`, path, false);
      });
      list(generator.envs).forEach((file, position) => {
        add(`${field}[${index}].envs[${position}]`, file, false);
      });
      add(`${field}[${index}].env`, generator.env, false);
    });
  }
  add('openapi.path', (kustomization.openapi as Record<string, unknown> | undefined)?.path, false);
  return references;
}
