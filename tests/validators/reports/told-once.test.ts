import type { Finding, Rule } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toldOnce } from '../../../validators/told-once.ts';

const rule = (id: string, family: Rule['family']): Rule => ({
  id,
  family,
  severity: 'error',
  title: id,
  check: () => [],
});
const rules = [rule('resource-refused', 'api server'), rule('room', 'room')];

const found = (id: string, name: string, path: string): Finding => ({
  rule: id,
  severity: 'error',
  resource: { apiVersion: 'v1', kind: 'Pod', name },
  path,
  message: id,
});

const schema = [found('schema', 'api', 'spec.containers[0].resources.limits.memory')];

test('what the schema says of a field, the rules of the API server do not say again', () => {
  const same = found('resource-refused', 'api', 'spec.containers[0].resources.limits["memory"]');
  assert.equal(toldOnce(schema, [same], rules), []);
});

test('what they say of another field, or of another object, is told', () => {
  const others = [
    found('resource-refused', 'api', 'spec.containers[0].resources.limits["cpu"]'),
    found('resource-refused', 'web', 'spec.containers[0].resources.limits["memory"]'),
  ];
  assert.equal(toldOnce(schema, others, rules), others);
});

test('what any other rule says of the field is told', () => {
  const other = found('room', 'api', 'spec.containers[0].resources.limits.memory');
  assert.equal(toldOnce(schema, [other], rules), [other]);
});

test.run();
