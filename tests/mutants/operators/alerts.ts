import type { KubernetesObject } from '@plumbline/validators';
import { kind } from '../choose.ts';
import { edit, type Mutant, type Operator } from '../mutant.ts';

/** What a monitor scrapes. */
const endpoints = ['spec.endpoints.*', 'spec.podMetricsEndpoints.*'];

/** Rules that Prometheus does not take, each by what is wrong with it. */
const wrongRules: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['a bracket is open', { alert: 'A', expr: 'sum(rate(x[5m])' }],
  ['a range is compared', { alert: 'A', expr: 'x[5m] > 1' }],
  ['a range is missing', { alert: 'A', expr: 'rate(x) > 1' }],
  ['a text is added', { alert: 'A', expr: 'up + "a"' }],
  ['every series is taken', { alert: 'A', expr: '{job=~".*"} == 0' }],
  ['an argument is missing', { alert: 'A', expr: 'histogram_quantile(rate(x[5m]))' }],
  ['a parameter is missing', { alert: 'A', expr: 'topk(sum(up)) > 1' }],
  ['a pattern is none', { alert: 'A', expr: 'up{job=~"("} == 0' }],
  ['a set with a number', { alert: 'A', expr: 'up and 1' }],
  ['two numbers compared', { alert: 'A', expr: '1 > 2' }],
  ['a function that is none', { alert: 'A', expr: 'rat(x[5m]) > 1' }],
  ['a duration that is none', { alert: 'A', expr: 'up == 0', for: '5 minutes' }],
  ['a template is open', { alert: 'A', expr: 'up == 0', annotations: { summary: '{{ $labels.job ' } }],
  [
    'a template calls nothing',
    { alert: 'A', expr: 'up == 0', annotations: { summary: '{{ humanise $value }}' } },
  ],
  ['an alert is recorded', { alert: 'A', record: 'a:b', expr: 'up == 0' }],
];

function ruleObject(objects: readonly KubernetesObject[], rule: object): KubernetesObject {
  const namespace = objects.find(({ metadata }) => metadata.namespace !== undefined)?.metadata.namespace;
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'wrong', ...(namespace === undefined ? {} : { namespace }) },
    spec: { groups: [{ name: 'wrong', rules: [rule] }] },
  };
}

/** Defects of the family monitoring: alerts beside what a target holds, since the overlays have none of their own. */
export const alerts: readonly Operator[] = [
  {
    id: 'alert that Prometheus refuses',
    family: 'monitoring',
    expects: ['alert-expression-wrong'],
    *mutate(objects): Iterable<Mutant> {
      for (const [what, rule] of wrongRules)
        yield {
          what: `PrometheusRule/wrong: ${what}`,
          objects: [...objects, ruleObject(objects, rule)],
          ends: ['PrometheusRule/wrong'],
        };
    },
  },
  {
    id: 'scrape that may take longer than its interval',
    family: 'monitoring',
    expects: ['monitor-refused'],
    mutate: (objects) =>
      edit(objects, kind('ServiceMonitor', 'PodMonitor'), endpoints, (value) => ({
        ...(value as object),
        interval: '15s',
        scrapeTimeout: '1m',
      })),
  },
  {
    id: 'credential of a scrape that is not there',
    family: 'monitoring',
    expects: ['monitor-refused'],
    mutate: (objects) =>
      edit(objects, kind('ServiceMonitor', 'PodMonitor'), endpoints, (value) => ({
        ...(value as object),
        authorization: { credentials: { name: 'no-such-secret', key: 'token' } },
      })),
  },
];
