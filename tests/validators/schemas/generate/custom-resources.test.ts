import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { customResourceKinds } from '../../../../validators/schemas/generate/custom-resources.ts';
import { readOpenApi } from '../../../../validators/schemas/generate/openapi.ts';

const openapi = readOpenApi(
  JSON.stringify({
    definitions: {
      'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta': {
        type: 'object',
        properties: { name: { type: 'string' } },
      },
    },
    paths: {},
  }),
);

const WIDGETS = `
kind: Role
---
kind: CustomResourceDefinition
spec:
  group: example.com
  scope: Cluster
  names:
    kind: Widget
  versions:
    - name: v1
      served: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec, status]
          properties:
            metadata:
              type: object
            spec:
              type: object
            status:
              type: object
              properties:
                phase:
                  type: string
    - name: v1alpha1
      served: false
`;

test('served versions are read, other documents and versions passed over', () => {
  const kinds = customResourceKinds(WIDGETS, openapi);
  assert.equal(
    kinds.map(({ group, version, kind, scope }) => [group, version, kind, scope]),
    [['example.com', 'v1', 'Widget', 'Cluster']],
  );
});

test('a custom resource says what it is, has real metadata, and any status or none', () => {
  const schema = customResourceKinds(WIDGETS, openapi)[0]?.schema;
  assert.equal(schema?.required, ['apiVersion', 'kind', 'metadata', 'spec']);
  assert.equal(schema?.properties?.apiVersion, { enum: ['example.com/v1'] });
  assert.equal(schema?.properties?.metadata, { $ref: '#/definitions/meta.v1.ObjectMeta' });
  assert.equal(schema?.properties?.status?.additionalProperties, undefined);
  assert.is(schema?.definitions?.['meta.v1.ObjectMeta']?.additionalProperties, false);
});

test('a served version without a schema is an error that names it', () => {
  const text = WIDGETS.replace('served: false', 'served: true');
  assert.throws(() => customResourceKinds(text, openapi), 'Widget has no schema for v1alpha1');
});

test.run();
