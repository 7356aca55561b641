import { load } from 'js-yaml';
import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import type { KubernetesObject } from '../render/objects.ts';
import { environmentOf, mountedFiles } from './settings.ts';

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

/** Every setting of a container: its environment, and the keys of mounted properties, INI and YAML files, in this order. */
export function optionsOf(model: Model, workload: Workload, container: Container): Option[] {
  const environment = environmentOf(model, workload, container);
  const options: Option[] = [];
  for (const { name, value, object, path } of environment.values()) {
    if (value !== undefined) options.push({ container, key: name, value, object, path, by: `env ${name}` });
  }
  for (const { kind, name, key: file } of mountedFiles(model, workload, container)) {
    const configuration = model.configuration(kind, workload.namespace, name);
    const text = configuration?.values.get(file);
    if (configuration === undefined || text === undefined) continue;
    for (const [key, value] of pairsOf(file, text)) {
      // Kafka, and some others, take a value from the environment by ${env:NAME}.
      const expanded = value.replace(
        /^\$\{(?:env:)?(\w+)\}$/,
        (whole, variable: string) => environment.get(variable)?.value ?? whole,
      );
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
  return options;
}

/** The key and value pairs of a file, read as what its name says it is; none of a script or a program. */
export function pairsOf(file: string, text: string): [string, string][] {
  if (/\.(?:ya?ml|json)$/.test(file)) {
    try {
      return flatten('', load(text));
    } catch {
      return [];
    }
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
