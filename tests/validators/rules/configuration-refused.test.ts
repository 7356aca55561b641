import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configurationRefused as rule } from '../../../validators/rules/configuration-refused.ts';
import { findings } from './judged.ts';

const megabyte = 1024 * 1024;

function configMap(size: number, field = 'data'): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'large' },
    [field]: { value: 'x'.repeat(size) },
  });
}

/** Severity and path of each finding. */
const told = (manifest: string) =>
  findings(rule, manifest).map(({ severity, path }) => `${severity} ${path}`);

test('what fits into an annotation is right', () => {
  assert.equal(told(configMap(megabyte / 8)), []);
});

test('what kubectl apply could not keep in an annotation is warned of', () => {
  assert.equal(told(configMap(megabyte / 4)), ['warning data']);
});

test('a mebibyte is the most, and one byte more is refused', () => {
  assert.equal(told(configMap(megabyte)), ['warning data']);
  assert.equal(told(configMap(megabyte + 1)), ['error data']);
});

test('binary values count as what they stand for, not as base64', () => {
  assert.equal(told(configMap(megabyte, 'binaryData')), ['warning binaryData']);
  assert.equal(told(configMap(megabyte * 2, 'binaryData')), ['error binaryData']);
});

test.run();
