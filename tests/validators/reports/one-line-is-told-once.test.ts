import type { Finding } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bySameLine, othersOf } from '../../../validators/reports/same-line.ts';

const found = (message: string, name = 'settings', line = 3): { finding: Finding; targets: string[] } => ({
  finding: {
    rule: 'address-without-service',
    severity: 'error',
    resource: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name },
    path: 'data["host"]',
    message,
    source: { file: 'base/kustomization.yaml', line },
  },
  targets: ['kind/shop'],
});

const told = (who: string) => `${who} is told by env HOST to talk to mysq, and there is no Service mysq`;

test('what one line does to many is told once, with all of them', () => {
  const lines = bySameLine([
    found(told('Deployment api')),
    found(told('Deployment store')),
    found(told('CronJob tidy')),
  ]);
  assert.is(lines.length, 1);
  assert.equal(lines[0] && othersOf(lines[0]), [
    '  and so for Deployment store, CronJob tidy: 3 findings in all',
  ]);
});

test('objects that differ are named as objects', () => {
  const [line] = bySameLine([found('it is wrong', 'a'), found('it is wrong', 'b')]);
  assert.equal(line?.others, ['ConfigMap shop/b']);
});

test('another line, and another sentence of the same line, are told by themselves', () => {
  const all = [
    found(told('Deployment api')),
    found(told('Deployment api'), 'settings', 4),
    found('the key is in binaryData too, which no API server takes, and so on'),
  ];
  assert.equal(
    bySameLine(all).map(({ first, others }) => [all.indexOf(first), others.length]),
    [
      [0, 0],
      [1, 0],
      [2, 0],
    ],
  );
});

test('what has no line is never taken for the same', () => {
  const { finding, targets } = found('it is wrong');
  const { source: _source, ...without } = finding;
  assert.is(bySameLine([1, 2].map(() => ({ finding: without, targets }))).length, 2);
});

test.run();
