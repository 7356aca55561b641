import type { Definitions } from './definitions.ts';
import type { Schema } from './json-schema.ts';
import { apiVersionOf, type GroupVersionKind } from './source-schema.ts';

/**
 * Makes an object's schema into that of a whole manifest: it says what it is, has the metadata of every object, and
 * need not have a status. The definitions are not yet attached.
 */
export function toRootSchema(identity: GroupVersionKind, schema: Schema, definitions: Definitions): Schema {
  const required = (schema.required ?? []).filter((field) => field !== 'status');
  return {
    ...schema,
    type: 'object',
    required: [...new Set(['apiVersion', 'kind', 'metadata', ...required])].toSorted(),
    properties: {
      ...schema.properties,
      // Draft 4 has no `const`.
      apiVersion: { enum: [apiVersionOf(identity)] },
      kind: { enum: [identity.kind] },
      metadata: definitions.dialect.objectMeta('required'),
    },
  };
}

/** Attaches the definitions that a schema refers to, if any. */
export function withDefinitions(schema: Schema, definitions: Readonly<Record<string, Schema>>): Schema {
  return Object.keys(definitions).length > 0 ? { ...schema, definitions } : schema;
}
