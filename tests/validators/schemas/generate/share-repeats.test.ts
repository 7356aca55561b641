import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Schema } from '../../../../validators/schemas/generate/json-schema.ts';
import { shareRepeats } from '../../../../validators/schemas/generate/share-repeats.ts';

const fields = (names: readonly string[]): Schema => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string', minLength: 1 }])),
  additionalProperties: false,
});
const container = fields(['image', 'command', 'workingDirectory']);

test('what occurs twice is defined once, by the name of its field', () => {
  const { schema, definitions } = shareRepeats({
    type: 'object',
    properties: { container, sidecar: container },
  });
  assert.equal(definitions, { container });
  assert.equal(schema.properties?.sidecar, { $ref: '#/definitions/container' });
});

test('what repeats only inside a repeat is not defined by itself', () => {
  const pod: Schema = { type: 'object', properties: { container }, additionalProperties: false };
  const { definitions } = shareRepeats({ type: 'object', properties: { pod, template: pod } });
  assert.equal(Object.keys(definitions), ['pod']);
});

test('different repeats of one field name get different names', () => {
  const other = fields(['repository', 'revision', 'directories']);
  const { definitions } = shareRepeats({
    type: 'object',
    properties: {
      a: { properties: { source: container } },
      b: { items: container },
      c: { properties: { source: other } },
      d: { items: other },
    },
  });
  assert.equal(definitions, { source: container, source2: other });
});

test('what is small, or a reference already, stays in place', () => {
  const small: Schema = { type: 'string' };
  const reference: Schema = { $ref: `#/definitions/${'meta.v1.ObjectMeta'.repeat(5)}` };
  const root: Schema = { type: 'object', properties: { a: small, b: small, c: reference, d: reference } };
  assert.equal(shareRepeats(root), { schema: root, definitions: {} });
});

test.run();
