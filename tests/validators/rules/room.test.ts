import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { room as rule } from '../../../validators/rules/room.ts';
import { findings } from './judged.ts';

const deployment = (replicas: number, cpu: string, memory: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: a
spec:
  replicas: ${replicas}
  template:
    spec:
      containers:
        - resources:
            requests: { cpu: ${cpu}, memory: ${memory} }
`;
const budget = {
  system: { cpu: '1', memory: '1Gi' },
  systems: { shop: { cpu: '4', memory: '2Gi' } },
  all: { cpu: '6', memory: '12Gi' },
};

test('what fills the nodes to the last has room', () => {
  assert.equal(findings(rule, deployment(6, '1', '2Gi')), []);
});

test('three tenths are three tenths, whatever floating point makes of them', () => {
  const exact = { ...budget, systems: { shop: { cpu: '300m', memory: '1Gi' } } };
  assert.equal(findings(rule, deployment(3, '100m', '1Mi'), { budget: exact }), []);
});

test('more CPU than there is, is found', () => {
  const [found, ...others] = findings(rule, deployment(7, '1', '1Gi'));
  assert.equal(others, []);
  assert.match(
    found?.message ?? '',
    /^kind\/shop requests 7 of CPU, and kind has 6 for it: .*stay Pending; lower/,
  );
  assert.equal(found?.source, { file: 'overlays/kind/environment.yaml' });
});

test('more memory than there is, is found', () => {
  const [found] = findings(rule, deployment(1, '1', '12289Mi'));
  assert.match(found?.message ?? '', 'requests 12Gi of memory, and kind has 12Gi for it');
});

test('a budget is the bound where there is one', () => {
  assert.equal(findings(rule, deployment(4, '1', '512Mi'), { budget }), []);
  assert.is(findings(rule, deployment(5, '1', '1Gi'), { budget }).length, 2);
});

test.run();
