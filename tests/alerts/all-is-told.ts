import * as assert from 'uvu/assert';
import { renderSystem } from '../../trial/overlay/system.ts';
import type { Trial } from '../../trial/trial.ts';
import { until } from '../../trial/until.ts';
import { root } from '../house/repository.ts';
import { questionsOf } from './dashboards.ts';
import { fromElsewhere, onlyInTrouble, onlyOfEnsembles } from './from-elsewhere.ts';
import { type Pods, type Prometheus, startPrometheus, targetsOf } from './monitored.ts';
import { readExpression, type Selector } from './promql.ts';
import { alertsOf, kustomize, recordingsOf, ruleFiles } from './rules.ts';

/** What asks Prometheus: an alert, a series that is recorded, or a panel, which has to be answered. */
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

export interface Monitored {
  readonly trial: Trial;
  /** `streaming` */
  readonly system: string;
  /** Where the pods of each workload that a monitor names answer here. */
  readonly pods: Pods;
  /** Alerts, and recorded series, that are true of what runs here, and of no trouble: the caller says of which. */
  readonly trueHere: ReadonlySet<string>;
}

/**
 * Holds every metric and label that alerts and dashboards of a system in production ask for against what runs: Prometheus
 * itself scrapes what the monitors name, evaluates the rules, and answers the dashboards. All is well, so no alert may be
 * true. Containers have no exporters here, so that with them nothing is held.
 */
export async function allIsTold({ trial, system, pods, trueHere }: Monitored): Promise<void> {
  if (trial.engine === 'docker') return;
  const { model } = await renderSystem(root, kustomize, 'production', system);
  const targets = targetsOf(model);
  const scraped = new Set(targets.map(({ workload }) => workload));
  assert.equal([...scraped].sort(), [...pods.keys()].sort(), 'all is scraped');
  const rules = await ruleFiles(system);
  const prometheus = await startPrometheus(trial, targets, pods, rules);
  assert.equal(await prometheus.mistakes(), []);
  const alerts = alertsOf(rules);
  const recordings = recordingsOf(rules);
  const questions: Question[] = [
    ...alerts.map(({ alert: asker, expr, annotations }) => {
      return { asker, expr, shown: annotations?.summary ?? '', isPanel: false };
    }),
    ...recordings.map(({ record: asker, expr }) => ({ asker, expr, shown: '', isPanel: false })),
    ...(await questionsOf(system)).map(({ panel: asker, expr, legend: shown }) => {
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
  const recorded = new Set(recordings.map(({ record }) => record));
  for (const { alert, expr } of alerts) {
    // What was recorded goes back to before all was scraped.
    const isOfTheStart = readExpression(expr).selectors.some(({ metric }) => recorded.has(metric.text));
    if (isOfTheStart || trueHere.has(alert)) continue;
    if ((await prometheus.query(expr)).length > 0) loud.push(alert);
  }
  for (const { record, expr } of recordings)
    if (record.endsWith(':bool') && !trueHere.has(record))
      if ((await prometheus.query(expr)).some(({ value: [, text] }) => text !== '0')) loud.push(record);
  assert.equal(loud, [], 'alerts that would be told of what is well');
}
