import type { Model } from '../model/model.ts';
import { type Container, joinPath, type Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { documentsOf } from '../text/documents.ts';
import { remember } from '../text/remember.ts';
import { environmentOf, expand } from './container-environment.ts';
import { mountedFiles } from './mounted-files.ts';
import { perContainer } from './per-container.ts';

/** One setting that a container reads: an environment variable, or a key of a file that it mounts. */
export interface Option {
  readonly container: Container;
  /** As it is written: `KAFKA_HEAP_OPTS`, `min.insync.replicas`; nested keys of YAML joined by dots. */
  readonly key: string;
  readonly value: string;
  readonly object: KubernetesObject;
  readonly path: string;
  /** `env X`, `file server.properties`. */
  readonly by: string;
}

/** Every setting of a container: its environment, the keys of mounted properties, INI and YAML files, and its flags, in this order. */
export const optionsOf: (model: Model, workload: Workload, container: Container) => readonly Option[] =
  perContainer(readOptions);

function readOptions(model: Model, workload: Workload, container: Container): Option[] {
  const environment = environmentOf(model, workload, container);
  const options: Option[] = [];
  for (const { name, value, object, path } of environment.values()) {
    if (value === undefined) continue;
    options.push({ container, key: name, value, object, path, by: `env ${name}` });
    // Flink's image takes a whole file in one variable.
    if (!value.includes('\n')) continue;
    for (const [key, inner] of pairsOf('', value))
      options.push({ container, key, value: inner, object, path, by: `env ${name}` });
  }
  for (const { kind, name, key: file } of mountedFiles(model, workload, container)) {
    const configuration = model.configuration(kind, workload.namespace, name);
    const text = configuration?.values.get(file);
    if (configuration === undefined || text === undefined) continue;
    for (const [key, value] of pairsOf(file, text)) {
      // Kafka, and some others, take a value from the environment by ${env:NAME}.
      const expanded =
        value.includes('${env:') || /^\$\{\w+[^{}]*\}$/.test(value) ? expand(value, environment) : value;
      options.push({
        container,
        key,
        value: expanded,
        object: configuration.object,
        path: configuration.pathOf(file),
        by: `file ${file}`,
      });
    }
  }
  for (const field of ['command', 'args'] as const) {
    const words = container.spec[field] ?? [];
    for (const [index, word] of words.entries()) {
      const text = /^(?:-D|--conf|--override|--config|-c)$/.test(words[index - 1] ?? '') ? `--${word}` : word;
      const [, key = '', value = ''] = /^(?:--?D?|-D)([\w.-]+)=(.*)$/.exec(expand(text, environment)) ?? [];
      if (key === '') continue;
      const path = joinPath(container.path, `${field}[${index}]`);
      options.push({ container, key, value, object: workload.object, path, by: `flag ${key}` });
    }
  }
  return options;
}

/** The key and value pairs of a file, read as what its name says it is; none of a script or a program. */
export const pairsOf: (file: string, text: string) => readonly (readonly [string, string])[] = remember(
  readPairs,
  // What is longer is seldom met twice, and would be kept for nothing.
  (file, text) => (text.length > 100_000 ? undefined : `${file}\0${text}`),
);

function readPairs(file: string, text: string): [string, string][] {
  if (/\.(?:ya?ml|json)$/.test(file)) {
    const read = documentsOf(text);
    return 'documents' in read ? read.documents.flatMap((document) => flatten('', document)) : [];
  }
  if (/\.(?:sh|sql|cql|md|txt|csv|html?|css|js|ts|svg|lua|py)$/.test(file)) return [];
  return text.split('\n').flatMap((line): [string, string][] => {
    if (/^\s*(?:[#;![]|\/\/|--)/.test(line)) return [];
    const [, key = '', value = ''] = /^\s*([\w.-]+)\s*[=:\s]\s*(.*?);?\s*$/.exec(line) ?? [];
    return key === '' ? [] : [[key, value.replace(/\s+#.*$/, '').replace(/^(["'])(.*)\1$/, '$2')]];
  });
}

function flatten(prefix: string, value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null)
    return value === undefined || value === null ? [] : [[prefix, String(value)]];
  return Object.entries(value).flatMap(([key, item]) =>
    flatten(prefix === '' ? key : `${prefix}.${key}`, item),
  );
}
