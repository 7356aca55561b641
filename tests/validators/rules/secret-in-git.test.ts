import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { secretInGit as rule } from '../../../validators/rules/secret-in-git.ts';
import { findings } from './judged.ts';

const secret = (rest: string, annotation = '') => `apiVersion: v1
kind: Secret
metadata:
  name: a
  annotations:
    note: any${annotation}
${rest}
`;
const marked = '\n    plumbline.dev/credentials: development';

test('a Secret with values that are marked as development ones passes where values may be committed', () => {
  assert.equal(findings(rule, secret('stringData: { A: b }', marked)), []);
  assert.equal(findings(rule, secret('data: { A: Yg== }', marked)), []);
});

test('a Secret that is not marked is found', () => {
  const [found] = findings(rule, secret('stringData: { A: b }'));
  assert.is(found?.path, 'stringData');
  assert.match(found?.message ?? '', 'without the annotation plumbline.dev/credentials: development');
  const other = marked.replace('development', 'production');
  assert.is(findings(rule, secret('data: { A: Yg== }', other)).length, 1);
});

test('no mark helps where credentials come from outside', () => {
  const [found] = findings(rule, secret('data: { A: Yg== }', marked), { secrets: 'external' });
  assert.is(found?.path, 'data');
  assert.match(found?.message ?? '', 'make it by an ExternalSecret of the same name and keys');
});

test('a Secret without values, and another kind with them, pass', () => {
  assert.equal(findings(rule, secret('data: {}'), { secrets: 'external' }), []);
  assert.equal(findings(rule, secret('stringData:'), { secrets: 'external' }), []);
  const configMap = secret('data: { A: b }').replace('kind: Secret', 'kind: ConfigMap');
  assert.equal(findings(rule, configMap, { secrets: 'external' }), []);
});

test.run();
