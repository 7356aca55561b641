/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The names that JSON Schema's `type` takes. */
export type TypeName = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';

/**
 * The part of JSON Schema draft 4 that the vendored schemas use.
 *
 * Draft 4 is what kubeconform assumes of a schema that names no draft, and the draft that OpenAPI's boolean
 * `exclusiveMinimum` belongs to. It has no `const`, and it ignores whatever stands beside a `$ref`.
 */
export interface Schema {
  readonly $ref?: string;
  readonly type?: TypeName | readonly TypeName[];
  readonly enum?: readonly Json[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** A schema under construction. */
export type SchemaDraft = { -readonly [Key in keyof Schema]: Schema[Key] };

/**
 * Rebuilds a schema with each of its direct sub-schemas replaced; `definitions` are left alone.
 *
 * @param replace gets a sub-schema and the name of the field it describes, where it describes one.
 */
export function mapSubschemas(
  schema: Schema,
  replace: (subschema: Schema, field?: string) => Schema,
): Schema {
  const draft: SchemaDraft = { ...schema };
  const replaceAll = (subschemas: readonly Schema[]): readonly Schema[] =>
    subschemas.map((each) => replace(each));
  if (schema.properties) {
    draft.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([field, subschema]) => [field, replace(subschema, field)]),
    );
  }
  if (typeof schema.additionalProperties === 'object')
    draft.additionalProperties = replace(schema.additionalProperties);
  if (schema.items) draft.items = replace(schema.items);
  if (schema.allOf) draft.allOf = replaceAll(schema.allOf);
  if (schema.anyOf) draft.anyOf = replaceAll(schema.anyOf);
  if (schema.oneOf) draft.oneOf = replaceAll(schema.oneOf);
  if (schema.not) draft.not = replace(schema.not);
  return draft;
}
