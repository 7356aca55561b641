import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse, stringify } from 'yaml';
import { folderWith } from '../harness/folder.ts';
import { root } from '../house/repository.ts';
import { type Part, readExpression, replacePart } from './promql.ts';
import { type Case, checkRules, testRules } from './promtool.ts';
import {
  type Alert,
  alertsOf,
  monitoredSystems,
  namespaceOf,
  type Recording,
  type RuleFile,
  recordingsOf,
  ruleFiles,
} from './rules.ts';

/** A file of promtool's, as far as it is looked at here. */
interface UnitTests {
  readonly rule_files: readonly string[];
  readonly tests: readonly {
    readonly name: string;
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly exp_alerts?: readonly unknown[];
    }[];
  }[];
}

const systems = await monitoredSystems();
const files = new Map<string, readonly RuleFile[]>();
for (const system of systems) files.set(system, await ruleFiles(system));

/** `streaming-kafka` of streaming is tested by `tests/alerts/streaming/kafka.yaml`. */
const testOf = (system: string, { name }: RuleFile) =>
  readFile(join(import.meta.dirname, system, `${name.replace(new RegExp(`^${system}-`), '')}.yaml`), 'utf8');
const cases: Case[] = [];
for (const [system, rules] of files)
  for (const file of rules) cases.push({ rules: file, test: await testOf(system, file) });

test('Prometheus takes every file of rules, and finds nothing double', async () => {
  await using folder = await folderWith({});
  for (const { rules } of cases) {
    const { passed, said } = await checkRules(folder.path, rules);
    assert.ok(passed, said);
  }
});

test('every alert says how bad it is, what is the matter, what to do, and where more of it stands', async () => {
  for (const { alert, for: wait, labels, annotations } of cases.flatMap(({ rules }) => alertsOf([rules]))) {
    assert.ok(['critical', 'warning'].includes(labels?.severity ?? ''), `${alert}: severity`);
    assert.match(wait ?? '', /^[1-9]\d*[mh]$/, `${alert}: for`);
    const { summary = '', description = '', runbook_url: page = '' } = annotations ?? {};
    assert.ok(summary.length > 10 && !summary.endsWith('.'), `${alert}: summary`);
    // Unit tests see the summary alone: what is different from time to time belongs there.
    assert.ok(description.length > 40 && !description.includes('{{'), `${alert}: description`);
    const [, path = '', anchor = ''] = /\/blob\/main\/(docs\/\S+\.md)#(\S+)$/.exec(page) ?? [];
    const headings = [...(await readFile(join(root, path), 'utf8')).matchAll(/^#+ (.*)$/gm)];
    assert.ok(
      headings.some(([, heading = '']) => heading.toLowerCase() === anchor),
      `${alert}: ${page} leads to no heading`,
    );
  }
});

test('every alert is about its own system', () => {
  for (const [system, rules] of files) {
    const namespace = namespaceOf(system);
    for (const rule of [...alertsOf(rules), ...recordingsOf(rules)])
      for (const { text, matchers } of readExpression(rule.expr).selectors)
        assert.ok(
          matchers.some(
            ({ label, operator, value }) =>
              /^(?:exported_)?namespace$/.test(label) && operator === '=' && value.text === namespace,
          ),
          `${'alert' in rule ? rule.alert : rule.record}: ${text} may be another system's`,
        );
  }
});

test('for every alert something is tested that it tells, and something that it does not', () => {
  for (const { rules, test: text } of cases) {
    const { rule_files, tests } = parse(text) as UnitTests;
    assert.equal(rule_files, [`${rules.name}.yaml`]);
    const told = tests.flatMap(({ alert_rule_test }) => alert_rule_test);
    const names = alertsOf([rules]).map(({ alert }) => alert);
    for (const name of names) {
      const mine = told.filter(({ alertname }) => alertname === name);
      assert.ok(
        mine.some(({ exp_alerts = [] }) => exp_alerts.length > 0),
        `${name} is never seen to fire`,
      );
      assert.ok(
        mine.some(({ exp_alerts = [] }) => exp_alerts.length === 0),
        `${name} is never seen to stay quiet`,
      );
    }
    assert.equal(
      [...new Set(told.map(({ alertname }) => alertname))].filter((name) => !names.includes(name)),
      [],
    );
    assert.is(new Set(tests.map(({ name }) => name)).size, tests.length, `names of ${rules.name}`);
  }
});

test('alerts fire when they should, and do not when they should not', async () => {
  await using folder = await folderWith({});
  const outcomes = await testRules(folder.path, cases);
  for (const { passed, said } of outcomes) assert.ok(passed, said);
});

/** Of a file of unit tests, those of one alert. */
function about(alert: string, text: string): string {
  const all = parse(text) as UnitTests;
  const tests = all.tests
    .map((one) => ({
      ...one,
      alert_rule_test: one.alert_rule_test.filter(({ alertname }) => alertname === alert),
    }))
    .filter(({ alert_rule_test }) => alert_rule_test.length > 0);
  return stringify({ ...all, tests });
}

interface Mutant extends Case {
  readonly what: string;
}

/** Of this one the series has no value between. */
const alike = new Set(['FlinkJobDown: 0 becomes 1']);

/** Changes that nobody could see: fewer than none is none as well, and a byte more or less of a forecast. */
function isAlike(expr: string, { from, text }: Part, changed: number): boolean {
  const isNone = expr.slice(0, from).endsWith('or vector(') && changed < 0;
  return isNone || (text === '0' && expr.includes('predict_linear('));
}

/** What else could be asked, each with the expression for it. */
function* questionsLike(expr: string): Iterable<[string, string]> {
  const { selectors, numbers } = readExpression(expr);
  for (const { metric, matchers } of selectors) {
    yield [`${metric.text} is another metric`, replacePart(expr, metric, `${metric.text}_x`)];
    for (const { text, value } of matchers)
      yield [`${text} is another value`, replacePart(expr, value, `${value.text}x`)];
  }
  for (const number of numbers) {
    const value = Number(number.text);
    const whole = Number.isInteger(value) && value < 10;
    for (const changed of whole ? [value + 1, value - 1] : [value * 1.25, value * 0.8])
      if (!isAlike(expr, number, changed))
        yield [`${value} becomes ${changed}`, replacePart(expr, number, String(changed))];
  }
}

function* changesOf({ alert, expr, for: wait = '0m' }: Alert): Iterable<[string, Partial<Alert>]> {
  for (const [change, changed] of questionsLike(expr)) yield [change, { expr: changed }];
  const [, length, unit] = /^(\d+)([mh])$/.exec(wait) ?? [];
  const seconds = Number(length) * (unit === 'h' ? 3600 : 60);
  yield [`${alert} waits twice as long`, { for: `${seconds * 2}s` }];
  yield [`${alert} waits half as long`, { for: `${seconds / 2}s` }];
}

/** A file of rules with some others in the place of its own. */
const withRules = (file: RuleFile, rules: readonly (Alert | Recording)[]): RuleFile => ({
  ...file,
  groups: [{ name: file.name, rules }],
});

/** Each rule of a file with one thing of it changed. */
function* mutantsOf({ rules, test: text }: Case): Iterable<Mutant> {
  const recordings = recordingsOf([rules]);
  const alerts = alertsOf([rules]);
  for (const one of alerts)
    for (const [change, by] of changesOf(one)) {
      const what = `${one.alert}: ${change}`;
      if (alike.has(what)) continue;
      const changed = withRules(rules, [...recordings, { ...one, ...by }]);
      yield { what, rules: changed, test: about(one.alert, text) };
    }
  for (const one of recordings)
    for (const [change, expr] of questionsLike(one.expr)) {
      const changed = recordings.map((other) => (other === one ? { ...one, expr } : other));
      yield {
        what: `${one.record}: ${change}`,
        rules: withRules(rules, [...changed, ...alerts]),
        test: text,
      };
    }
}

test('a changed threshold, metric, label or wait of any rule fails its tests', async () => {
  let made = 0;
  const unseen: string[] = [];
  for (const one of cases) {
    const mutants = [...mutantsOf(one)];
    await using folder = await folderWith({});
    const outcomes = await testRules(folder.path, mutants);
    unseen.push(...mutants.filter((_, index) => outcomes[index]?.passed).map(({ what }) => what));
    made += mutants.length;
  }
  assert.equal(unseen, []);
  assert.ok(made > 1000, `${made} changes`);
});

test.run();
