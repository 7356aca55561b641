import { mountedFiles } from '../graph/mounted-files.ts';
import type { Configuration } from '../model/configuration.ts';
import { documentsOf } from '../text/documents.ts';
import { remember } from '../text/remember.ts';
import type { Problem, Rule } from './rule.ts';

/** Files that a known server reads as JSON or YAML, by its image and the file's path; none that it takes for a template. */
const readers: readonly (readonly [RegExp, RegExp])[] = [
  [/(?:^|\/)pgadmin4(?::|@|$)/, /\.json$/],
  [/(?:^|\/)grafana(?:-oss|-enterprise)?(?::|@|$)/, /\.(?:json|ya?ml)$/],
  [/(?:^|\/)(?:prometheus|alertmanager|blackbox-exporter|snmp-exporter)(?::|@|$)/, /\.(?:json|ya?ml)$/],
  [/(?:^|\/)(?:loki|promtail|tempo|mimir)(?::|@|$)/, /\.ya?ml$/],
  [/(?:^|\/)(?:opentelemetry-collector[\w-]*|otelcol[\w-]*)(?::|@|$)/, /\.ya?ml$/],
  [/(?:^|\/)flink(?::|@|$)/, /\/conf\/config\.yaml$/],
  [/(?:^|\/)cassandra(?::|@|$)/, /\/cassandra\.yaml$/],
  [/(?:^|\/)(?:elasticsearch|kibana|opensearch|filebeat|metricbeat)(?::|@|$)/, /\.yml$/],
  [/(?:^|\/)envoy(?::|@|$)/, /\.(?:json|ya?ml)$/],
  [/(?:^|\/)traefik(?::|@|$)/, /\.ya?ml$/],
  // Of any image: these are where nobody else reads.
  [/./, /^\/etc\/grafana\/provisioning\/.*\.ya?ml$|^\/etc\/prometheus\/prometheus\.ya?ml$/],
];

/** The files that an image reads: most images are met many times. */
const readBy = remember(
  (image: string) => readers.find(([pattern]) => pattern.test(image))?.[1],
  (image) => image,
);

interface Malformed {
  readonly kind: 'JSON' | 'YAML';
  readonly line: number;
  readonly reason: string;
}

function asJson(text: string): Malformed | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const [, position] = /position (\d+)/.exec(String(error)) ?? [];
    const before = position === undefined ? text : text.slice(0, Number(position));
    const reason =
      position === undefined || Number(position) >= text.length
        ? 'it ends too early'
        : `${JSON.stringify(text[Number(position)] ?? '')} is not expected there`;
    return { kind: 'JSON', line: before.split('\n').length, reason };
  }
}

function asYaml(text: string): Malformed | undefined {
  const read = documentsOf(text);
  // What stands twice, or has a tag of the reader's own, is read by some.
  if ('documents' in read || /duplicated mapping key|unknown .*tag/.test(read.reason)) return undefined;
  // What fills the placeholder in makes another text of it.
  return /\{\{|<%/.test(read.source) || /^\s*(?:\{\{|<%)/m.test(text)
    ? undefined
    : { kind: 'YAML', line: read.line, reason: read.reason };
}

function* judge({ object, values, pathOf }: Configuration, key: string, by: string): Iterable<Problem> {
  const text = values.get(key);
  if (text === undefined || text.trim() === '') return;
  const wrong = key.endsWith('.json') ? asJson(text) : asYaml(text);
  if (wrong === undefined) return;
  yield {
    object,
    path: pathOf(key),
    message: `${key} is no ${wrong.kind} (line ${wrong.line}: ${wrong.reason}), and ${by}: it would exit, or go without what the file says`,
  };
}

/** A configuration file that a known server reads as JSON or YAML is neither. */
export const fileMalformed: Rule = {
  id: 'file-malformed',
  severity: 'error',
  family: 'references',
  title: 'a mounted file that a server reads as JSON or YAML does not parse',
  *check({ model }) {
    const judged = new Set<string>();
    for (const workload of model.workloads) {
      for (const container of workload.containers) {
        const files = readBy(container.spec.image ?? '');
        if (files === undefined || container.role === 'init') continue;
        for (const { kind, name, key, at } of mountedFiles(model, workload, container)) {
          const configuration = files.test(at)
            ? model.configuration(kind, workload.namespace, name)
            : undefined;
          const id = `${kind} ${workload.namespace} ${name} ${key}`;
          if (configuration === undefined || judged.has(id)) continue;
          judged.add(id);
          yield* judge(configuration, key, `${workload.kind} ${workload.name} reads it at ${at}`);
        }
      }
    }
    // A dashboard is Grafana's, whoever hands it over: an image of one's own, or its sidecar.
    for (const configuration of model.configurations) {
      const { kind, namespace, name, object, values } = configuration;
      const isGiven = object.metadata.labels?.grafana_dashboard !== undefined;
      for (const [key, text] of values) {
        if (!key.endsWith('.json') || judged.has(`${kind} ${namespace} ${name} ${key}`)) continue;
        if (isGiven || (text?.includes('"panels"') && text.includes('"schemaVersion"')))
          yield* judge(configuration, key, 'Grafana reads it as a dashboard');
      }
    }
  },
};
