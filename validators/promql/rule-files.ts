import { load } from 'js-yaml';
import type { Model } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';

/** An alert, or a recorded series. */
export interface AlertRule {
  readonly alert?: unknown;
  readonly record?: unknown;
  readonly expr?: unknown;
  readonly for?: unknown;
  readonly keep_firing_for?: unknown;
  readonly labels?: Readonly<Record<string, unknown>> | null;
  readonly annotations?: Readonly<Record<string, unknown>> | null;
}

/** Rules that are evaluated one after the other. */
export interface Group {
  readonly name?: unknown;
  readonly interval?: unknown;
  readonly rules?: readonly AlertRule[] | null;
}

/** A set of rules that Prometheus is given. */
export interface RuleSet {
  readonly object: KubernetesObject;
  /** Where the groups stand, and whether a path may go on below it. */
  readonly path: string;
  readonly inside: boolean;
  readonly groups: readonly Group[];
}

/** Every set of rules that Prometheus is given: PrometheusRules, and rule files in ConfigMaps. */
export function* ruleSets(model: Model): Iterable<RuleSet> {
  if (isOfVictoria(model)) return;
  for (const object of model.all('monitoring.coreos.com', 'PrometheusRule')) {
    const { groups } = (object.spec ?? {}) as { readonly groups?: readonly Group[] };
    if (Array.isArray(groups) && !isGivenToLoki(groups))
      yield { object, path: 'spec', inside: true, groups: groups.filter(Boolean) };
  }
  for (const { kind, object, values, pathOf } of model.configurations) {
    if (kind !== 'ConfigMap') continue;
    for (const [key, text] of values) {
      if (text === undefined || !/\.(?:ya?ml|rules)$/.test(key) || !/^\s*-?\s*expr:/m.test(text)) continue;
      let content: unknown;
      try {
        content = load(text);
      } catch {
        continue;
      }
      const { groups } = (content ?? {}) as { readonly groups?: unknown };
      if (isOfPrometheus(groups) && !isOfLoki(text))
        yield { object, path: pathOf(key), inside: false, groups };
    }
  }
}

/** True for groups of alerts and recorded series; those that Grafana is given have neither word. */
function isOfPrometheus(groups: unknown): groups is readonly Group[] {
  if (!Array.isArray(groups) || !groups.every((group) => Array.isArray(group?.rules))) return false;
  const all = (groups as readonly Group[]).flatMap(({ rules }) => rules ?? []);
  return all.some((rule) => rule?.alert !== undefined || rule?.record !== undefined);
}

/** True for rules in Loki's language, which has the same form. */
function isOfLoki(text: string): boolean {
  return /expr:.*\}\s*(?:\|=|!=|\|~|!~|\|)\s*[`"a-z]|\bbytes_(?:rate|over_time)\s*\(|\|\s*unwrap\b/.test(
    text,
  );
}

/** True for a PrometheusRule that is for Loki's ruler, which takes such objects too. */
function isGivenToLoki(groups: readonly Group[]): boolean {
  return groups.some((group) =>
    (group?.rules ?? []).some((rule) =>
      /\}\s*(?:\|=|\|~|!~)\s*["`]|\|\s*(?:json|logfmt|unwrap|line_format|pattern)\b/.test(String(rule?.expr)),
    ),
  );
}

/** True where VictoriaMetrics evaluates rules: its language takes more. */
function isOfVictoria({ objects, workloads }: Model): boolean {
  return (
    objects.some(({ apiVersion }) => apiVersion.startsWith('operator.victoriametrics.com/')) ||
    workloads.some(({ containers }) => containers.some(({ spec }) => /\bvmalert\b/.test(spec.image ?? '')))
  );
}
