import type { Model } from '../model/model.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { type EnvValue, environmentOf, expand } from './container-environment.ts';
import { mountedFiles } from './mounted-files.ts';
import { type Option, optionsOf } from './options.ts';
import { perContainer } from './per-container.ts';

/** A text that a container runs or starts its process by, as it is written and with the variables that are known. */
export interface Line {
  readonly raw: string;
  readonly text: string;
  readonly object: KubernetesObject;
  readonly path: string;
  /** `command of container kafka`, `script start.sh`, `file jvm.options`. */
  readonly by: string;
}

/** Files of options that a JVM, or what starts it, reads line by line. */
const optionFiles =
  /(?:^|[.-])jvm[\w-]*\.(?:options|config|conf)$|\.options$|^java\.env$|-env\.sh$|^setenv\.sh$/;

/** What a container runs: its command line, the scripts that this names, and mounted files of JVM options. */
export const linesOf: (model: Model, workload: Workload, container: Container) => readonly Line[] =
  perContainer(readLines);

function readLines(model: Model, workload: Workload, container: Container): Line[] {
  const environment = environmentOf(model, workload, container);
  const { command, args, image = '' } = container.spec;
  const words = [...(command ?? []), ...(args ?? [])];
  const lines: Line[] = [];
  const field = args === undefined ? 'command' : 'args';
  if (words.length > 0) {
    const raw = words.join(' ');
    lines.push({
      raw,
      text: expand(raw, environment),
      object: workload.object,
      path: joinPath(container.path, field),
      by: `${field} of container ${container.name}`,
    });
  }
  const started = words.join(' ');
  for (const { kind, name, key } of mountedFiles(model, workload, container)) {
    const isScript = key.endsWith('.sh') && started.includes(key);
    if (!isScript && !(optionFiles.test(key) && container.role !== 'init')) continue;
    const configuration = model.configuration(kind, workload.namespace, name);
    const text = configuration?.values.get(key);
    if (configuration === undefined || text === undefined) continue;
    const raw = text.replaceAll(/^\s*#.*$/gm, '').replaceAll(/\\\n\s*/g, ' ');
    lines.push({
      raw,
      text: inShell(raw, environment, workload),
      object: configuration.object,
      path: configuration.pathOf(key),
      by: `${isScript ? 'script' : 'file'} ${key}`,
    });
  }
  return image === '' && words.length === 0 ? [] : lines;
}

/** A shell's text with the variables that are known: `${POD_NAME##*-}` too, which is how a pod finds its ordinal. */
function inShell(text: string, environment: ReadonlyMap<string, EnvValue>, workload: Workload): string {
  const first = workload.kind === 'StatefulSet' ? `${workload.name}-0` : undefined;
  const held = (name: string) => environment.get(name)?.value ?? (name === 'HOSTNAME' ? first : undefined);
  const ordinals = text.replaceAll(/\$\{(\w+)##\*-\}/g, (whole, name: string) => {
    const value = held(name);
    return value === undefined ? whole : value.slice(value.lastIndexOf('-') + 1);
  });
  const withHost = first === undefined ? ordinals : ordinals.replaceAll(/\$\{?HOSTNAME\b\}?/g, first);
  return expand(withHost, environment);
}

/** `export NAME="value"`, `NAME=value`, alone or before a command. */
const assignment = /(?:^|[\s;({])(?:export\s+)?([A-Z][A-Z0-9_]*)=("[^"\n]*"|'[^'\n]*'|[^\s;"']+)/g;
/** A line of a properties file that a script writes: `echo "a.b=value"`, or a line of a here-document. */
const writtenSetting = /(?:^|["'])\s*([A-Za-z][\w-]*(?:\.[\w-]+)+)\s*=\s*([^"'\n]*)/g;

/**
 * Every setting of a container, with those that the scripts it runs set: variables that they export, and lines that they
 * write into a configuration file, after the others. What a script computes is left out.
 */
export const settingsOf: (model: Model, workload: Workload, container: Container) => readonly Option[] =
  perContainer((model, workload, container) => {
    const plain = optionsOf(model, workload, container);
    const added = linesOf(model, workload, container).flatMap((line) => settingsIn(line, container));
    return added.length === 0 ? plain : [...plain, ...added];
  });

function settingsIn({ text, object, path, by }: Line, container: Container): Option[] {
  if (by.startsWith('file ') || !text.includes('=')) return [];
  const found: Option[] = [];
  const add = (key: string, written: string) => {
    const value = written.replace(/^(["'])(.*)\1$/, '$2').trim();
    if (!/[$`]/.test(value)) found.push({ container, key, value, object, path, by });
  };
  for (const [, key = '', value = ''] of text.matchAll(assignment)) add(key, value);
  if (!by.startsWith('script ') && !text.includes('\n')) return found;
  for (const line of text.split('\n')) {
    for (const [, key = '', value = ''] of line.matchAll(writtenSetting)) add(key, value);
  }
  return found;
}

/** Where an amount of a line comes from: the variable that holds it, where one does, else the line itself. */
export function blamed(
  { raw, object, path, by }: Pick<Line, 'raw' | 'object' | 'path' | 'by'>,
  amount: string,
  environment: ReadonlyMap<string, EnvValue>,
): { readonly object: KubernetesObject; readonly path: string; readonly by: string } {
  for (const [, name = ''] of raw.matchAll(/\$[({]?(?:env:)?([A-Za-z_]\w*)/g)) {
    const entry = environment.get(name);
    if (entry?.value?.includes(amount) && amount !== '')
      return { object: entry.object, path: entry.path, by: `env ${name}` };
  }
  return { object, path, by };
}
