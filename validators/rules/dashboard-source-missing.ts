import { loadAll } from 'js-yaml';
import type { Model } from '../model/model.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

interface Source {
  readonly name?: string;
  readonly uid?: string;
}

/** The data sources that a namespace's files provision in Grafana. */
function sourcesOf(model: Model, namespace: string): Source[] {
  const found: Source[] = [];
  for (const configuration of model.configurations) {
    if (configuration.namespace !== namespace) continue;
    for (const [key, text] of configuration.values) {
      if (text === undefined || !/\.ya?ml$/.test(key) || !/^datasources:/m.test(text)) continue;
      try {
        for (const document of loadAll(text)) {
          const { datasources } = (document ?? {}) as { datasources?: readonly Source[] };
          if (Array.isArray(datasources)) found.push(...datasources);
        }
      } catch {
        // Not YAML: other rules say so.
      }
    }
  }
  return found;
}

/** Grafana's own, which are always there. */
const builtIn = new Set([
  '-- Grafana --',
  '-- Mixed --',
  '-- Dashboard --',
  'grafana',
  '__expr__',
  'default',
  '',
]);

/** What a dashboard names as its data sources, each once. */
function* named(value: unknown): Iterable<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'datasource') {
      const name = typeof item === 'string' ? item : (item as { uid?: unknown } | null)?.uid;
      if (typeof name === 'string') yield name;
    } else yield* named(item);
  }
}

/** A dashboard asks a data source that Grafana is not given. */
export const dashboardSourceMissing: Rule = {
  id: 'dashboard-source-missing',
  severity: 'error',
  family: 'monitoring',
  title: 'a dashboard asks a data source that is not provisioned',
  *check({ model }) {
    const byNamespace = new Map<string, Source[]>();
    for (const { namespace, object, values, pathOf } of model.configurations) {
      if (![...values.keys()].some((key) => key.endsWith('.json'))) continue;
      const sources = byNamespace.get(namespace) ?? sourcesOf(model, namespace);
      byNamespace.set(namespace, sources);
      if (sources.length === 0) continue;
      const known = sources.flatMap(({ uid, name }) => [uid, name]).filter((one) => one !== undefined);
      for (const [key, text] of values) {
        if (text === undefined || !key.endsWith('.json') || !text.includes('"panels"')) continue;
        let dashboard: unknown;
        try {
          dashboard = JSON.parse(text);
        } catch {
          continue;
        }
        for (const source of new Set(named(dashboard))) {
          if (known.includes(source) || builtIn.has(source) || source.includes('$')) continue;
          yield {
            object,
            path: pathOf(key),
            message: `dashboard ${key} asks data source ${source}, and Grafana is given ${[...new Set(known)].join(', ')}${didYouMean(source, known)}: its panels would show an error`,
          };
        }
      }
    }
  },
};
