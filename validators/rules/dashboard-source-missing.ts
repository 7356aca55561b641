import { loadAll } from 'js-yaml';
import type { Configuration } from '../model/configuration.ts';
import type { Model } from '../model/model.ts';
import { configurationUses } from '../model/uses.ts';
import type { Workload } from '../model/workload.ts';
import { didYouMean } from '../text/nearest.ts';
import type { Rule } from './rule.ts';

interface Source {
  readonly name?: string;
  readonly uid?: string;
}

/** The workloads whose pods name a ConfigMap or Secret. */
const readersOf = ({ workloads }: Model, { namespace, kind, name }: Configuration): Workload[] =>
  workloads.filter(
    (workload) =>
      workload.namespace === namespace &&
      configurationUses(workload).some((use) => use.kind === kind && use.name === name),
  );

/** Whether a pod has a sidecar that looks for ConfigMaps by a label. Source: kiwigrid/k8s-sidecar, README. */
const looksForLabels = ({ containers }: Workload): boolean =>
  containers.some(({ spec }) => (spec.env ?? []).some(({ name }) => name === 'LABEL'));

/** Whether a dashboard comes by its label alone: to whichever Grafana looks for it, in this namespace or another. */
const comesByLabel = (model: Model, configuration: Configuration): boolean =>
  configuration.object.metadata.labels?.grafana_dashboard !== undefined &&
  readersOf(model, configuration).length === 0;

/** The data sources that a namespace's files provision in Grafana; of one that looks for labels, where only that is asked for. */
function sourcesOf(model: Model, namespace: string, byLabel: boolean): Source[] {
  const found: Source[] = [];
  for (const configuration of model.configurations) {
    if (configuration.namespace !== namespace) continue;
    for (const [key, text] of configuration.values) {
      if (text === undefined || !/\.ya?ml$/.test(key) || !/^datasources:/m.test(text)) continue;
      if (byLabel) {
        const readers = readersOf(model, configuration);
        if (readers.length > 0 && !readers.some(looksForLabels)) continue;
      }
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
    const seen = new Map<string, Source[]>();
    for (const configuration of model.configurations) {
      const { namespace, object, values, pathOf } = configuration;
      if (![...values.keys()].some((key) => key.endsWith('.json'))) continue;
      const byLabel = comesByLabel(model, configuration);
      const place = `${namespace} ${byLabel}`;
      const sources = seen.get(place) ?? sourcesOf(model, namespace, byLabel);
      seen.set(place, sources);
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
