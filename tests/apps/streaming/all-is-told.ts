import * as assert from 'uvu/assert';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { until } from '../../../trial/until.ts';
import { questionsOf } from '../../alerts/dashboards.ts';
import { fromElsewhere, onlyInTrouble, onlyOfEnsembles } from '../../alerts/from-elsewhere.ts';
import { readExpression, type Selector } from '../../alerts/promql.ts';
import { alertsOf, ruleFiles } from '../../alerts/rules.ts';
import { root } from '../../house/repository.ts';
import { type Pods, type Prometheus, startPrometheus, targetsOf } from './monitored.ts';
import { kustomize, type Rig } from './rig.ts';

/** What is true of an alert here and is no trouble: one ZooKeeper, no cluster around, orders of three hours ago. */
const here = new Set(['StreamingAlertsBlind', 'StreamingRevenueStale', 'ZooKeeperNoLeader']);

/** What asks Prometheus: an alert, or a panel, which has to be answered. */
interface Question {
  readonly asker: string;
  readonly expr: string;
  /** What is shown of the answer. */
  readonly shown: string;
  readonly isPanel: boolean;
}

/** The labels of everything that a selector finds; none when it finds nothing. */
async function labelsOf(
  prometheus: Prometheus,
  { metric, matchers }: Selector,
): Promise<ReadonlySet<string>> {
  const asked = matchers.map(({ text, label }) => (onlyInTrouble.has(text) ? `${label}!=""` : text));
  const found = await prometheus.query(`${metric.text}{${asked.join(', ')}}`);
  return new Set(found.flatMap((sample) => Object.keys(sample.metric)));
}

/** What a question asks for and nobody tells. */
async function missing(prometheus: Prometheus, { asker, expr, shown, isPanel }: Question): Promise<string[]> {
  const { selectors, grouping } = readExpression(expr);
  const labels = new Set<string>();
  const wrong: string[] = [];
  let isOurs = true;
  for (const selector of selectors) {
    const metric = selector.metric.text;
    const elsewhere =
      fromElsewhere.get(metric) ?? (onlyOfEnsembles.has(metric) ? ['namespace', 'job', 'pod'] : undefined);
    if (elsewhere !== undefined) isOurs = false;
    const told = new Set(elsewhere ?? (await labelsOf(prometheus, selector)));
    if (told.size === 0) wrong.push(`${asker}: nothing is ${selector.text}`);
    else
      for (const { label } of selector.matchers)
        if (!told.has(label)) wrong.push(`${asker}: ${metric} has no label ${label}`);
    for (const label of told) labels.add(label);
  }
  const inText = [...shown.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label = '']) => label);
  for (const label of [...grouping, ...inText])
    if (!labels.has(label)) wrong.push(`${asker}: nothing has the label ${label}`);
  if (isPanel && isOurs && wrong.length === 0 && (await prometheus.query(expr)).length === 0)
    wrong.push(`${asker}: no answer to ${expr}`);
  return wrong;
}

/** Where the pods of the system answer here, by their workloads. */
function podsOf({ services: { kafka, flink, registry } }: Rig, workers: ReadonlyMap<string, string>): Pods {
  const pods = new Map<string, (readonly [string, string])[]>();
  const add = (workload: string, pod: string, url: string) =>
    pods.set(workload, [...(pods.get(workload) ?? []), [pod, url]]);
  for (const [pod, url] of [...kafka.metrics, ...flink.metrics]) add(pod.replace(/-\d+$/, ''), pod, url);
  add('schema-registry', 'schema-registry-0', new URL(registry.url).origin);
  for (const [workload, url] of workers) add(workload, `${workload}-0`, url);
  return pods;
}

/**
 * Holds every metric and label that alerts and dashboards of production ask for against what runs: Prometheus itself
 * scrapes what the monitors name, evaluates the rules, and answers the dashboards. All is well, so no alert may be true.
 * Containers have no exporters here, so that with them nothing is held.
 */
export async function allIsTold(rig: Rig, workers: ReadonlyMap<string, string>): Promise<void> {
  if (rig.trial.engine === 'docker') return;
  const { model } = await renderSystem(root, kustomize, 'production', 'streaming');
  const [targets, pods] = [targetsOf(model), podsOf(rig, workers)];
  assert.equal(targets.map(({ workload }) => workload).sort(), [...pods.keys()].sort(), 'all is scraped');
  const rules = await ruleFiles('streaming');
  const prometheus = await startPrometheus(rig.trial, targets, pods, rules);
  assert.equal(await prometheus.mistakes(), []);
  const alerts = alertsOf(rules);
  const questions: Question[] = [
    ...alerts.map(({ alert: asker, expr, annotations }) => {
      return { asker, expr, shown: annotations?.summary ?? '', isPanel: false };
    }),
    ...(await questionsOf('streaming')).map(({ panel: asker, expr, legend: shown }) => {
      return { asker, expr, shown, isPanel: true };
    }),
  ];
  let wrong: string[] = [];
  const isTold = async () => {
    wrong = (await Promise.all(questions.map((question) => missing(prometheus, question)))).flat();
    return wrong.length === 0;
  };
  // Rates want a second scrape.
  await until(isTold, { deadline: 30_000, what: 'all that is asked for', every: 500 }).catch(() => {});
  assert.equal(wrong, []);
  const loud: string[] = [];
  for (const { alert, expr } of alerts)
    if (!here.has(alert) && (await prometheus.query(expr)).length > 0) loud.push(alert);
  assert.equal(loud, [], 'alerts that would be told of what is well');
}
