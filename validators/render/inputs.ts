import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Finding } from '../finding.ts';
import { didYouMean } from '../text/nearest.ts';
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
  /** A folder is a kustomization to walk; a file is read as it is; either is decided by what is there. */
  readonly walk: boolean;
}

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
        for (const reference of referencesOf(parsed as Record<string, unknown>)) {
          await follow(directory, path, content.toString('utf8'), reference);
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
      await read(path);
      files.add(path);
      return;
    }
    const line = text.split('\n').findIndex((content) => content.includes(reference.path));
    const what = there?.isDirectory() ? 'a folder without a kustomization.yaml' : 'not there';
    const near = await siblings(join(root, dirname(path)));
    const meant = didYouMean(reference.path.split('/').at(-1) ?? '', near);
    findings.push({
      rule: 'render',
      severity: 'error',
      path: reference.field,
      message: `${reference.field} names ${reference.path}, which is ${what}${meant}: mend the path, or add the file`,
      source: { file: posix(from), ...(line >= 0 ? { line: line + 1 } : {}) },
    });
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
  return /^(?:[a-z+]+:\/\/|git@|git::|github\.com[/:])/i.test(path) || /[?&]ref=/.test(path);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Text on several lines, or that is an object, is inline content and not a path. */
function isPath(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && !value.includes('\n') && !value.trimStart().startsWith('{')
  );
}

/** Every path that a kustomization names, with the field that names it. */
function referencesOf(kustomization: Record<string, unknown>): Reference[] {
  const references: Reference[] = [];
  const add = (field: string, value: unknown, walk: boolean) => {
    if (isPath(value)) references.push({ field, path: value, walk });
  };
  for (const field of ['resources', 'bases', 'components', 'generators', 'transformers', 'validators']) {
    list(kustomization[field]).forEach((value, index) => {
      add(`${field}[${index}]`, value, true);
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
