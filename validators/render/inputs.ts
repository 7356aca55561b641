import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
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
  /** References that lead nowhere, with the file, the field and the line that hold them. */
  readonly findings: readonly Finding[];
}

/** Contents of files by path relative to the root, shared by all targets of a run. */
export type FileContents = Map<string, Promise<Buffer | undefined>>;

interface Reference {
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

/**
 * Walks a kustomization and everything that it refers to.
 * Follows the fields of kustomize.config.k8s.io/v1beta1 Kustomization and v1alpha1 Component.
 */
export async function readInputs(root: string, folder: string, contents: FileContents): Promise<Inputs> {
  const files = new Set<string>();
  const findings: Finding[] = [];
  const seen = new Set<string>();
  let remote = false;

  const read = (path: string): Promise<Buffer | undefined> => {
    let content = contents.get(path);
    if (content === undefined) {
      content = readFile(join(root, path)).catch(() => undefined);
      contents.set(path, content);
    }
    return content;
  };

  async function walk(directory: string): Promise<boolean> {
    if (seen.has(directory)) return true;
    seen.add(directory);
    for (const name of kustomizationNames) {
      const path = join(directory, name);
      const content = await read(path);
      if (content === undefined) continue;
      files.add(path);
      let parsed: unknown;
      try {
        parsed = parseYaml(content.toString('utf8'));
      } catch {
        // The render says what is wrong with it.
        return true;
      }
      if (typeof parsed === 'object' && parsed !== null) {
        const kustomization = parsed as Record<string, unknown>;
        for (const reference of referencesOf(kustomization)) {
          await follow(directory, path, content.toString('utf8'), reference);
        }
        for (const text of pluginFields.flatMap((field) => list(kustomization[field]))) {
          if (typeof text === 'string' && isInline(text)) await readNamedBy(directory, text);
        }
      }
      return true;
    }
    return false;
  }

  async function follow(directory: string, from: string, text: string, reference: Reference): Promise<void> {
    if (isRemote(reference.path)) {
      remote = true;
      return;
    }
    const path = join(directory, reference.path);
    const there = await stat(join(root, path)).catch(() => undefined);
    if (there?.isDirectory() && reference.walk && (await walk(path))) return;
    if (there?.isFile()) {
      const content = await read(path);
      files.add(path);
      if (reference.plugin) await readNamedBy(directory, content?.toString('utf8') ?? '');
      return;
    }
    const folder = reference.walk ? 'a folder without a kustomization.yaml' : 'a folder and must be a file';
    const what = there?.isDirectory() ? folder : 'not there';
    const near = await siblings(join(root, dirname(path)));
    const meant = didYouMean(reference.path.split('/').at(-1) ?? '', near);
    // Loaded when something is wrong: a run that finds nothing has no use for it.
    const { lineAt } = await import('../source/line-at.ts');
    findings.push({
      rule: 'render',
      severity: 'error',
      path: reference.field,
      message: `${reference.field} names ${reference.path}, which is ${what}${meant}: mend the path, or add the file`,
      source: { file: posix(from), line: lineAt(text, reference.field) },
    });
  }

  /** Adds the files that a plugin's configuration names, by the fields that the built-in ones have. */
  async function readNamedBy(directory: string, text: string): Promise<void> {
    for (const name of namedBy(text)) {
      const path = join(directory, name);
      if (!(await stat(join(root, path)).catch(() => undefined))?.isFile()) continue;
      await read(path);
      files.add(path);
    }
  }

  await walk(folder);
  const sorted = [...files].map(posix).sort();
  if (remote) return { files: sorted, digest: undefined, findings };
  const hash = createHash('sha256');
  for (const file of sorted) {
    const content = (await read(file.split('/').join(sep))) ?? Buffer.alloc(0);
    hash.update(`${relative(folder, file)}\0${content.length}\0`).update(content);
  }
  return { files: sorted, digest: hash.digest('hex'), findings };
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
