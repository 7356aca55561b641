import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SourceSchema } from '../../../../validators/schemas/generate/source-schema.ts';
import {
  type Dialect,
  type Presence,
  toStrictSchema,
} from '../../../../validators/schemas/generate/strict-schema.ts';

const dialect: Dialect = {
  reference: (name) => ({ $ref: `#/definitions/${name}` }),
  objectMeta: () => ({ $ref: '#/definitions/ObjectMeta' }),
  emptyObject: 'closed',
};
const strict = (source: SourceSchema, presence: Presence = 'required') =>
  toStrictSchema(source, presence, dialect);

test('an object takes only the fields that it names', () => {
  assert.is(strict({ type: 'object', properties: { a: { type: 'string' } } }).additionalProperties, false);
});

test('an object that preserves unknown fields stays open', () => {
  const source: SourceSchema = {
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    properties: { a: {} },
  };
  assert.is(strict(source).additionalProperties, undefined);
});

test('a map keeps the schema of its values', () => {
  const source: SourceSchema = { type: 'object', additionalProperties: { type: 'string' } };
  assert.equal(strict(source).additionalProperties, { type: 'string' });
});

test('an optional field may be null, a required one and an item may not', () => {
  const { properties } = strict({
    type: 'object',
    required: ['needed'],
    properties: { needed: { type: 'string' }, spare: { type: 'array', items: { type: 'integer' } } },
  });
  assert.equal(properties, {
    needed: { type: 'string' },
    spare: { type: ['array', 'null'], items: { type: 'integer' } },
  });
});

test('an optional enum takes null too', () => {
  assert.equal(strict({ type: 'string', enum: ['A'] }, 'optional'), {
    type: ['string', 'null'],
    enum: ['A', null],
  });
});

test('a nullable field may be null although it is required', () => {
  assert.equal(strict({ type: 'string', nullable: true }), { type: ['string', 'null'] });
});

test('a required field with a default need not be written', () => {
  const source: SourceSchema = {
    type: 'object',
    required: ['group', 'name'],
    properties: { group: { type: 'string', default: 'apps' }, name: { type: 'string' } },
  };
  assert.equal(strict(source).required, ['name']);
});

test('an integer or string loses the anyOf that repeats it, and keeps its pattern', () => {
  const pair: readonly SourceSchema[] = [{ type: 'integer' }, { type: 'string' }];
  const source: SourceSchema = { anyOf: pair, pattern: '^1$', 'x-kubernetes-int-or-string': true };
  assert.equal(strict(source), { type: ['integer', 'string'], pattern: '^1$' });
  assert.equal(strict({ 'x-kubernetes-int-or-string': true, allOf: [{ anyOf: pair }, { pattern: '^1$' }] }), {
    type: ['integer', 'string'],
    allOf: [{ pattern: '^1$' }],
  });
});

test('an embedded resource says what it is', () => {
  const schema = strict({
    type: 'object',
    'x-kubernetes-embedded-resource': true,
    'x-kubernetes-preserve-unknown-fields': true,
  });
  assert.equal(schema.required, ['apiVersion', 'kind', 'metadata']);
  assert.equal(schema.properties?.metadata, { $ref: '#/definitions/ObjectMeta' });
  assert.is(schema.additionalProperties, undefined);
});

test('descriptions, defaults and CEL rules are left out, fields of these names are not', () => {
  const schema = strict({
    type: 'object',
    description: 'An object.',
    'x-kubernetes-validations': [],
    properties: {
      description: { type: 'string', description: 'A field.' },
      default: { type: 'string', default: 'x' },
    },
  } as SourceSchema);
  assert.equal(schema, {
    type: 'object',
    properties: { description: { type: ['string', 'null'] }, default: { type: ['string', 'null'] } },
    additionalProperties: false,
  });
});

test('a branch that refuses a default does not pass where the field is left out', () => {
  const { oneOf } = strict({
    type: 'object',
    properties: { type: { type: 'string', default: 'IPAddress' } },
    oneOf: [
      { properties: { type: { enum: ['IPAddress'] } } },
      { properties: { type: { not: { enum: ['IPAddress'] } } } },
    ],
  });
  assert.equal(
    oneOf?.map(({ required }) => required),
    [undefined, ['type']],
  );
});

test('a nullable object with exclusive branches may still be null', () => {
  const source: SourceSchema = { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] };
  assert.equal(strict(source, 'optional').anyOf?.[0], { type: 'null' });
});

test('only the formats that kubeconform checks as the API server does are kept', () => {
  assert.equal(strict({ type: 'string', format: 'date-time' }), { type: 'string', format: 'date-time' });
  assert.equal(strict({ type: 'integer', format: 'int64' }), { type: 'integer' });
  assert.match('aGk=\n', new RegExp(strict({ type: 'string', format: 'byte' }).pattern ?? 'none'));
});

test.run();
