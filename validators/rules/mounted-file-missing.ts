import { environmentOf, expand } from '../graph/container-environment.ts';
import { includedFiles } from '../graph/included-files.ts';
import { mountedFiles } from '../graph/mounted-files.ts';
import { type Mount, mountsOf } from '../graph/mounts.ts';
import type { Model } from '../model/model.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { editDistance, isSlip, nearest } from '../text/nearest.ts';
import { remember } from '../text/remember.ts';
import type { Problem, Rule } from './rule.ts';

/** A text that a container is given, in which files may be named. */
interface Text {
  readonly text: string;
  readonly object: KubernetesObject;
  readonly path: string;
  /** `command`, `env CONFIG_FILE`, `file zoo.cfg`. */
  readonly by: string;
  /** A command that names a file needs it; others may do without. */
  readonly sure: boolean;
}

/** Variables whose folders need not be there. */
const searched = /^(?:PATH|MANPATH|CDPATH|NODE_PATH|PYTHONPATH|LD_LIBRARY_PATH|(?:.*_)?CLASSPATH)$/;
const pathLike = /(?<![\w.\-/}*~])(?:file:\/\/)?(\/[\w@+.,%-]+(?:\/[\w@+.,%-]+)+)(?![\w/$*?[{(<`\\])/g;
/** What stands before a file that may be missing: a test, or a redirection into it. */
const untold = /(?:(?:\[|test|!|-[a-z]*[efsdrwxLhn])\s+["']?|[>]\s*["']?)$/;

function textsOf(model: Model, workload: Workload, container: Container): Text[] {
  const { spec, path } = container;
  const { object } = workload;
  const values = environmentOf(model, workload, container);
  const texts: Text[] = [];
  const list = (words: readonly string[] | undefined, at: string, by: string) => {
    for (const [index, word] of (words ?? []).entries())
      texts.push({
        text: word.includes('$') ? expand(word, values) : word,
        object,
        path: joinPath(path, `${at}[${index}]`),
        by,
        sure: true,
      });
  };
  list(spec.command, 'command', 'command');
  list(spec.args, 'args', 'args');
  list(spec.lifecycle?.postStart?.exec?.command, 'lifecycle.postStart.exec.command', 'postStart');
  list(spec.lifecycle?.preStop?.exec?.command, 'lifecycle.preStop.exec.command', 'preStop');
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    list(spec[probe]?.exec?.command, `${probe}.exec.command`, probe);
  for (const { name, value, object: holder, path: at, whole } of values.values())
    if (value !== undefined && whole === undefined && !searched.test(name))
      texts.push({ text: value, object: holder, path: at, by: `env ${name}`, sure: false });
  return texts;
}

/** Files that a text names by their whole path, but for those that it tests or writes somewhere. */
const filesNamed: (text: string) => readonly string[] = remember(findFiles, (text) => text);

function findFiles(text: string): readonly string[] {
  const lines = text.includes('\n')
    ? text.split('\n').filter((line) => !/^\s*(?:#|\/\/|;)/.test(line))
    : [text];
  const named: string[] = [];
  const tested = new Set<string>();
  for (const line of lines) {
    for (const { 1: written = '', index } of line.matchAll(pathLike)) {
      const file = written
        .replace('/..data/', '/')
        .replace(/[.,%]+$/, '')
        .replace(/\/+$/, '');
      if (/\/\.\.?(?:\/|$)/.test(written)) continue;
      if (untold.test(line.slice(0, index))) tested.add(file);
      else named.push(file);
    }
  }
  return named.filter((file) => !tested.has(file));
}

/** True for a path whose first steps are those of a mount with two letters swapped, or one too many or too few, in one of them. */
function isNearly(file: string, mount: string): boolean {
  const steps = mount.split('/');
  const written = file.split('/').slice(0, steps.length);
  if (written.length < steps.length) return false;
  const [[step = '', right = ''] = [], ...others] = written
    .map((word, index) => [word, steps[index] ?? ''] as const)
    .filter(([a, b]) => a !== b);
  if (others.length > 0 || Math.max(step.length, right.length) < 4) return false;
  // Folders are numbered, and named in the plural.
  if (/\d/.test(step + right) || step === `${right}s` || right === `${step}s`) return false;
  return isSlip(step, right);
}

/** Why a file is not there; undefined for one that is, or may be. */
function missing(
  file: string,
  mounts: readonly Mount[],
  texts: readonly Text[],
): { message: string; hint: string | undefined } | undefined {
  const isFolder = mounts.some(({ path }) => path === file || path.startsWith(`${file}/`));
  if (isFolder) return undefined;
  const mount = mounts.find(({ path }) => path !== '' && file.startsWith(`${path}/`));
  if (mount !== undefined) {
    const { files, path, from } = mount;
    const name = file.slice(path.length + 1);
    if (files === undefined || files.includes('')) return undefined;
    if (files.some((held) => held === name || held.startsWith(`${name}/`))) return undefined;
    const base = name.split('/').at(-1) ?? name;
    const meant = files.find((held) => held.split('/').at(-1) === base) ?? nearest(name, files);
    return {
      message: `${path} holds what ${from} has: ${files.slice(0, 8).join(', ')}${files.length > 8 ? ', ...' : ''}`,
      hint: meant && `${path}/${meant}`,
    };
  }
  const near = mounts.find(({ path }) => isNearly(file, path));
  if (near !== undefined) {
    return {
      message: `no volume is mounted there, and one is at ${near.path}`,
      hint:
        near.path +
        file
          .split('/')
          .slice(near.path.split('/').length)
          .map((step) => `/${step}`)
          .join(''),
    };
  }
  const folder = file.slice(0, file.lastIndexOf('/'));
  const base = file.slice(folder.length + 1);
  const moved = mounts.find(
    ({ path, files }) =>
      files?.includes(base) &&
      !path.startsWith(`${folder}/`) &&
      !folder.startsWith(`${path}/`) &&
      // Who names the other folder too may copy it from there.
      !texts.some(({ text }) => text.includes(path)),
  );
  if (moved === undefined || !base.includes('.')) return undefined;
  return {
    message: `no volume is mounted there, and ${moved.from} is at ${moved.path}`,
    hint: `${moved.path}/${base}`,
  };
}

const mayInclude = /include|_file|-file|init[-_]file|ssl[-_.]|aclfile|\$\{(?:file|dir)/;

/** Files of the pod's own configuration in which others are named. */
function* inFiles(
  model: Model,
  workload: Workload,
  container: Container,
  mounts: readonly Mount[],
): Iterable<Problem> {
  const known = mounts.flatMap(({ path, files }) => (files === undefined || path === '' ? [] : `${path}/`));
  for (const { kind, name, key, at } of mountedFiles(model, workload, container)) {
    const configuration = model.configuration(kind, workload.namespace, name);
    const text = configuration?.values.get(key);
    if (configuration === undefined || text === undefined) continue;
    const included = new Map(
      (mayInclude.test(text) ? includedFiles(text, at) : []).map((one) => [one.file, one]),
    );
    if (included.size === 0 && !known.some((path) => text.includes(path))) continue;
    for (const file of new Set([...included.keys(), ...filesNamed(text)])) {
      const mount = mounts.find(({ path }) => path !== '' && file.startsWith(`${path}/`));
      const found = mount?.files === undefined ? undefined : missing(file, mounts, []);
      if (found === undefined) continue;
      const { line, needed = false } = included.get(file) ?? {};
      yield {
        object: configuration.object,
        path: configuration.pathOf(key),
        ...(line === undefined ? {} : { within: line }),
        message: `${key} ${line === undefined ? 'names' : 'reads'} ${file} for container ${container.name} of ${workload.kind} ${workload.name}, and ${found.message}${hinted(found.hint)}: the file would not be there`,
        // Who reads the file may do without it, where it is not taken in; a slip of the pen is another thing.
        severity:
          needed || (found.hint !== undefined && editDistance(file, found.hint) <= 2) ? 'error' : 'warning',
      };
    }
  }
}

function hinted(hint: string | undefined): string {
  return hint === undefined ? '' : ` (did you mean "${hint}"?)`;
}

function* inContainer(model: Model, workload: Workload, container: Container): Iterable<Problem> {
  const mounts = mountsOf(model, workload, container);
  if (mounts.length === 0) return;
  const texts = textsOf(model, workload, container);
  for (const { text, object, path, by, sure } of texts) {
    if (!text.includes('/')) continue;
    // A folder right below the root has no second step to tell it from a word.
    const named = /^\/[\w-]{4,}\/?$/.test(text) ? [text.replace(/\/$/, '')] : filesNamed(text);
    for (const file of new Set(named)) {
      const found = missing(file, mounts, texts);
      if (found === undefined) continue;
      yield {
        object,
        path,
        message: `${by} of container ${container.name} names ${file}, and ${found.message}${hinted(found.hint)}: the file would not be there`,
        severity: sure || found.hint !== undefined ? 'error' : 'warning',
      };
    }
  }
  yield* inFiles(model, workload, container, mounts);
}

/** A container is told of a file below a mounted ConfigMap or Secret, which does not hold it. */
export const mountedFileMissing: Rule = {
  id: 'mounted-file-missing',
  severity: 'error',
  family: 'references',
  title: 'a command, a variable or a file names a file that the mounted ConfigMap or Secret does not hold',
  *check({ model }): Iterable<Problem> {
    const said = new Set<string>();
    for (const workload of model.workloads) {
      for (const container of workload.containers) {
        for (const problem of inContainer(model, workload, container)) {
          // One line of a shared file is said once.
          const { object, path, message } = problem;
          const key = `${object?.kind} ${object?.metadata.namespace} ${object?.metadata.name} ${path} ${object === workload.object ? message : message.split(/ (?:names|reads) /)[1]?.split(' for ')[0]}`;
          if (!said.has(key)) yield problem;
          said.add(key);
        }
      }
    }
  },
};
