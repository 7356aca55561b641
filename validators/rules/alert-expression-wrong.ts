import { mistakeIn } from '../promql/mistake.ts';
import { type AlertRule, type Group, type RuleSet, ruleSets } from '../promql/rule-files.ts';
import { wrongTemplate } from '../promql/template.ts';
import type { Problem, Rule } from './rule.ts';

/** What is wrong in a place below a group or a rule. */
interface Mistake {
  readonly field: string;
  readonly message: string;
  /** True for what a Prometheus takes that is new enough. */
  readonly mild?: boolean;
  /** True for what is loaded, and then never works. */
  readonly late?: boolean;
}

const duration = /^(?:0|(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?)$/;
const plainLabel = /^[a-zA-Z_]\w*$/;
const plainMetric = /^[a-zA-Z_:][\w:]*$/;

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Durations of an object that are none. */
function* inDurations(of: object, fields: readonly string[], whose: string): Iterable<Mistake> {
  for (const field of fields) {
    const value = (of as Readonly<Record<string, unknown>>)[field];
    if (value === undefined || value === null || (value !== '' && duration.test(String(value)))) continue;
    yield { field, message: `${field} of ${whose} is "${value}", which is no duration as 5m or 1h30m` };
  }
}

/** Names of labels or annotations, and the templates in their values. */
function* inTexts(rule: AlertRule, map: 'labels' | 'annotations', whose: string): Iterable<Mistake> {
  for (const [key, value] of Object.entries(rule[map] ?? {})) {
    const field = `${map}["${key}"]`;
    if (key === '' || (map === 'labels' && key === '__name__'))
      yield { field, message: `${whose} has a ${map.slice(0, -1)} with the name "${key}"` };
    else if (!plainLabel.test(key))
      yield {
        field,
        message: `${whose} has a ${map.slice(0, -1)} with the name ${key}, which only Prometheus 3 takes, and no template can name`,
        mild: true,
      };
    const wrong = rule.record === undefined ? wrongTemplate(String(value ?? '')) : undefined;
    if (wrong !== undefined)
      yield { field, message: `the template of ${map.slice(0, -1)} ${key} of ${whose} is wrong, ${wrong}` };
  }
}

/** What belongs to alerts and stands in a recorded series. */
function* inRecorded(rule: AlertRule, whose: string): Iterable<Mistake> {
  const name = String(rule.record);
  if (/[{}]/.test(name))
    yield { field: 'record', message: `the name of ${whose} has braces: that belongs into expr` };
  else if (!plainMetric.test(name))
    yield { field: 'record', message: `only Prometheus 3 takes the name of ${whose}`, mild: true };
  for (const field of ['for', 'keep_firing_for', 'annotations'] as const) {
    const value = rule[field];
    const empty =
      field === 'annotations'
        ? Object.keys(rule.annotations ?? {}).length === 0
        : /^0\D*$/.test(String(value));
    if (isSet(value) && !empty) yield { field, message: `${whose} has ${field}, which only alerts have` };
  }
}

function* inRule(rule: AlertRule): Iterable<Mistake> {
  const [alerts, records] = [isSet(rule.alert), isSet(rule.record)];
  const whose = alerts ? `alert ${rule.alert}` : records ? `recorded ${rule.record}` : 'a rule';
  if (alerts && records)
    yield {
      field: 'record',
      message: `${whose} is to be recorded as ${rule.record} too, and a rule is one of them`,
    };
  if (!alerts && !records) yield { field: '', message: 'a rule is neither an alert nor recorded' };
  if (!isSet(rule.expr)) yield { field: 'expr', message: `${whose} has no expression` };
  else {
    const mistake = mistakeIn(String(rule.expr));
    if (mistake !== undefined)
      yield {
        field: 'expr',
        message: `the expression of ${whose} is wrong, ${mistake.text}`,
        late: !mistake.refused,
      };
    else if (/\bholt_winters\s*\(/.test(String(rule.expr)))
      yield {
        field: 'expr',
        message: `${whose} calls holt_winters(), which Prometheus 3 has no more`,
        mild: true,
      };
  }
  yield* inDurations(rule, ['for', 'keep_firing_for'], whose);
  if (records && !alerts) yield* inRecorded(rule, whose);
  yield* inTexts(rule, 'labels', whose);
  yield* inTexts(rule, 'annotations', whose);
}

function* inGroup(group: Group, names: Set<string>): Iterable<Mistake> {
  const name = String(group.name ?? '');
  if (name === '') yield { field: 'name', message: 'a group has no name' };
  else if (names.has(name)) yield { field: 'name', message: `two groups have the name ${name}` };
  names.add(name);
  yield* inDurations(group, ['interval', 'query_offset'], `group ${name}`);
  for (const [index, rule] of (group.rules ?? []).entries()) {
    if (typeof rule !== 'object' || rule === null) continue;
    for (const { field, ...mistake } of inRule(rule))
      yield { ...mistake, field: `rules[${index}]${field === '' ? '' : '.'}${field}` };
  }
}

function* inSet({ object, path, inside, groups }: RuleSet): Iterable<Problem> {
  const effect = inside
    ? 'the operator would leave the whole object out, and none of its rules would be there'
    : 'Prometheus would refuse its whole configuration';
  const names = new Set<string>();
  for (const [index, group] of groups.entries()) {
    for (const { field, message, mild, late } of inGroup(group, names)) {
      const at = inside ? `${path}.groups[${index}].${field}` : path;
      if (mild) yield { object, path: at, message, severity: 'warning' };
      else
        yield {
          object,
          path: at,
          message: `${message}: ${late ? 'each evaluation would fail, and give nothing' : effect}`,
        };
    }
  }
}

/** An alert, or a recorded series, that Prometheus would refuse. */
export const alertExpressionWrong: Rule = {
  id: 'alert-expression-wrong',
  severity: 'error',
  family: 'monitoring',
  title: 'an alert has an expression, a name, a template or a duration that Prometheus would refuse',
  *check({ model }): Iterable<Problem> {
    for (const set of ruleSets(model)) yield* inSet(set);
  },
};
