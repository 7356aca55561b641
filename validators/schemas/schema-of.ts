import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEMA_FOLDER, schemaFileOf } from './schema-index.ts';

/** A JSON Schema, as far as the vendored ones use it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

const schemas = new Map<string, Schema | undefined>();

/** The vendored schema of a kind; undefined where there is none. */
export function schemaOf(apiVersion: string, kind: string): Schema | undefined {
  const file = schemaFileOf(apiVersion, kind);
  // Only what a file of the folder is named like: the words come from somebody's YAML.
  if (!/^[a-z0-9.-]+\/[a-z0-9]+_[a-z0-9]+\.json$/.test(file)) return undefined;
  if (!schemas.has(file)) {
    let schema: Schema | undefined;
    try {
      schema = JSON.parse(readFileSync(join(SCHEMA_FOLDER, file), 'utf8')) as Schema;
    } catch {
      // A kind that there is no schema for is taken as it is.
    }
    schemas.set(file, schema);
  }
  return schemas.get(file);
}

/** A schema with its references followed. */
export function follow(schema: Schema, root: Schema): Schema {
  const name = schema.$ref?.replace('#/definitions/', '').replaceAll('~1', '/');
  return name === undefined ? schema : follow(root.definitions?.[name] ?? {}, root);
}
