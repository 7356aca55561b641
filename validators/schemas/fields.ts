import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SCHEMA_FOLDER, schemaFileOf } from './schema-index.ts';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** The names of the fields that a kind's schema allows at a JSON pointer; none when the schema or the place is unknown. */
export async function fieldsAt(apiVersion: string, kind: string, pointer: string): Promise<string[]> {
  const file = join(SCHEMA_FOLDER, schemaFileOf(apiVersion, kind));
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  const root = JSON.parse(text) as Schema;
  let schemas = alternatives(root, root);
  for (const step of pointer.split('/').slice(1)) {
    schemas = schemas.flatMap((schema) => {
      const below =
        /^\d+$/.test(step) && schema.items !== undefined ? schema.items : schema.properties?.[step];
      const other = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
      const next = below ?? other;
      return next === undefined ? [] : alternatives(next, root);
    });
  }
  return [...new Set(schemas.flatMap((schema) => Object.keys(schema.properties ?? {})))];
}

/** A schema with its reference followed, and every schema that it is put together from. */
function alternatives(schema: Schema, root: Schema): Schema[] {
  const name = schema.$ref?.replace('#/definitions/', '');
  const target = name === undefined ? undefined : root.definitions?.[name.replaceAll('~1', '/')];
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return [
    schema,
    ...(target === undefined ? [] : alternatives(target, root)),
    ...parts.flatMap((part) => alternatives(part, root)),
  ];
}
