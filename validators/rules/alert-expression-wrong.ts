import { load } from 'js-yaml';
import { mistakeIn } from '../graph/promql.ts';
import type { Model } from '../model/model.ts';
import type { KubernetesObject } from '../render/objects.ts';
import type { Problem, Rule } from './rule.ts';

interface AlertRule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr?: string | number;
  readonly for?: string;
  readonly keep_firing_for?: string;
}

interface Groups {
  readonly groups?: readonly { readonly name?: string; readonly rules?: readonly AlertRule[] }[];
}

interface Found {
  readonly object: KubernetesObject;
  /** Where the groups stand, and whether a path may go on below it. */
  readonly path: string;
  readonly inside: boolean;
  readonly groups: NonNullable<Groups['groups']>;
}

/** Every set of rules that Prometheus is given: PrometheusRules, and rule files in ConfigMaps. */
function* sets(model: Model): Iterable<Found> {
  for (const object of model.all('monitoring.coreos.com', 'PrometheusRule')) {
    const { groups } = (object.spec ?? {}) as Groups;
    if (Array.isArray(groups)) yield { object, path: 'spec', inside: true, groups };
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
      const { groups } = (content ?? {}) as Groups;
      const ofPrometheus = Array.isArray(groups) && groups.every((group) => Array.isArray(group?.rules));
      if (ofPrometheus && !isOfLoki(text)) yield { object, path: pathOf(key), inside: false, groups };
    }
  }
}

/** True for rules in Loki's language, which has the same form. */
function isOfLoki(text: string): boolean {
  return /expr:.*\}\s*(?:\|=|!=|\|~|!~|\|)\s*[`"a-z]/.test(text);
}

const duration = /^(?:0|(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?)$/;

/** An alert, or a recorded series, whose expression Prometheus would refuse. */
export const alertExpressionWrong: Rule = {
  id: 'alert-expression-wrong',
  severity: 'error',
  family: 'monitoring',
  title: 'an alert has an expression that Prometheus would refuse',
  *check({ model }): Iterable<Problem> {
    for (const { object, path, inside, groups } of sets(model)) {
      for (const [i, group] of groups.entries()) {
        for (const [j, rule] of (group.rules ?? []).entries()) {
          const name =
            rule.alert === undefined ? `recorded ${rule.record ?? 'series'}` : `alert ${rule.alert}`;
          const place = (field: string) => (inside ? `${path}.groups[${i}].rules[${j}].${field}` : path);
          const effect = inside
            ? 'the operator would leave the whole object out, and none of its rules would be there'
            : 'Prometheus would refuse its whole configuration';
          const mistake = rule.expr === undefined ? undefined : mistakeIn(String(rule.expr));
          if (mistake !== undefined) {
            yield {
              object,
              path: place('expr'),
              message: `the expression of ${name} is wrong, ${mistake}: ${effect}`,
            };
          }
          for (const field of ['for', 'keep_firing_for'] as const) {
            const value = rule[field];
            if (value === undefined || (value !== '' && duration.test(String(value)))) continue;
            yield {
              object,
              path: place(field),
              message: `${field} of ${name} is "${value}", which is no duration as 5m or 1h30m: ${effect}`,
            };
          }
        }
      }
    }
  },
};
