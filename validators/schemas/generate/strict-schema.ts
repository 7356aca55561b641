import type { Json, Schema, SchemaDraft, TypeName } from './json-schema.ts';
import type { SourceSchema } from './source-schema.ts';

/** How a field may be filled: a field that need not be there may be null as well, for the API server drops nulls. */
export type Presence = 'required' | 'optional';

/** What the two kinds of source do differently. */
export interface Dialect {
  /** The schema that stands for a `$ref` of the source. */
  readonly reference: (name: string, presence: Presence) => Schema;
  /** The schema of an ObjectMeta. */
  readonly objectMeta: (presence: Presence) => Schema;
  /**
   * What `type: object` without fields means. In a CustomResourceDefinition the API server drops every field of it
   * (`closed`); in Kubernetes' OpenAPI it also stands for free-form values such as RawExtension (`open`).
   */
  readonly emptyObject: 'open' | 'closed';
}

/** Keywords that mean the same in the source and in JSON Schema draft 4. */
const SAME_KEYWORDS = [
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
] as const satisfies readonly (keyof Schema)[];

/** Formats that kubeconform checks as the API server does; it ignores or misreads the others. */
const KEPT_FORMATS: ReadonlySet<string> = new Set(['date-time', 'duration', 'ipv4', 'ipv6']);

/** Base64 as Go's encoding/json reads it: line breaks are skipped, and kustomize writes them into long Secrets. */
const BASE64 = '^([A-Za-z0-9+/]|[\\r\\n])*(=[\\r\\n]*){0,2}$';

/**
 * Turns a schema of a source into one that refuses what the API server would refuse or silently drop.
 *
 * Objects take only the fields they name, unless the source says that unknown fields are preserved. Optional fields
 * may be null; items of a list and values of a map may not: the API server reads these as empty values, which nobody
 * means. A required field with a default need not be written, for defaults come before validation. Descriptions,
 * defaults, list and map types, and CEL rules are left out.
 */
export function toStrictSchema(source: SourceSchema, presence: Presence, dialect: Dialect): Schema {
  const target = referenceOf(source);
  if (target !== undefined) return dialect.reference(target, presence);

  const draft: SchemaDraft = {};
  const nullable = presence === 'optional' || source.nullable === true;
  const type = typesOf(source, nullable);
  if (type !== undefined) draft.type = type;
  if (source.enum)
    draft.enum = nullable && !source.enum.includes(null) ? [...source.enum, null] : source.enum;
  copyValueChecks(source, draft);

  const embedded = source['x-kubernetes-embedded-resource'] === true ? embeddedResourceFields(dialect) : {};
  const required = new Set([
    ...(source.required ?? []).filter((field) => source.properties?.[field]?.default === undefined),
    ...Object.keys(embedded),
  ]);
  if (required.size > 0) draft.required = [...required].toSorted();
  const properties: Readonly<Record<string, Schema>> = {
    ...Object.fromEntries(
      Object.entries(source.properties ?? {}).map(([field, value]) => [
        field,
        toStrictSchema(value, required.has(field) ? 'required' : 'optional', dialect),
      ]),
    ),
    ...embedded,
  };
  if (Object.keys(properties).length > 0) draft.properties = properties;
  const additional = additionalPropertiesOf(source, draft, dialect);
  if (additional !== undefined) draft.additionalProperties = additional;
  if (source.items) draft.items = toStrictSchema(source.items, 'required', dialect);

  const combined = withCombinations(source, draft);
  // A null passes every branch that speaks of objects or strings, so that `oneOf` and `not` would refuse it.
  return nullable && (combined.oneOf || combined.not) ? { anyOf: [{ type: 'null' }, combined] } : combined;
}

/** The name that a `$ref` gives, bare or as the only member of an `allOf`, without `#/definitions/`. */
function referenceOf(source: SourceSchema): string | undefined {
  const $ref = source.$ref ?? (source.allOf?.length === 1 ? source.allOf[0]?.$ref : undefined);
  return $ref?.replace('#/definitions/', '');
}

function typesOf(source: SourceSchema, nullable: boolean): TypeName | readonly TypeName[] | undefined {
  const types: readonly TypeName[] = isIntOrString(source)
    ? ['integer', 'string']
    : source.type
      ? [source.type]
      : [];
  // No type at all admits anything, null too.
  if (types.length === 0) return undefined;
  const all: readonly TypeName[] = nullable ? [...types, 'null'] : types;
  return all.length === 1 ? all[0] : all;
}

function isIntOrString(source: SourceSchema): boolean {
  return source['x-kubernetes-int-or-string'] === true;
}

function copyValueChecks(source: SourceSchema, draft: SchemaDraft): void {
  Object.assign(
    draft,
    Object.fromEntries(
      SAME_KEYWORDS.flatMap((key) => (source[key] === undefined ? [] : [[key, source[key]]])),
    ),
  );
  if (source.format !== undefined && KEPT_FORMATS.has(source.format)) draft.format = source.format;
  if (source.format === 'byte') draft.pattern ??= BASE64;
}

function embeddedResourceFields(dialect: Dialect): Readonly<Record<string, Schema>> {
  return {
    apiVersion: { type: 'string', minLength: 1 },
    kind: { type: 'string', minLength: 1 },
    metadata: dialect.objectMeta('required'),
  };
}

function additionalPropertiesOf(
  source: SourceSchema,
  draft: SchemaDraft,
  dialect: Dialect,
): boolean | Schema | undefined {
  if (typeof source.additionalProperties === 'object') {
    return toStrictSchema(source.additionalProperties, 'required', dialect);
  }
  if (source.additionalProperties !== undefined) return source.additionalProperties;
  if (source['x-kubernetes-preserve-unknown-fields'] === true) return undefined;
  if (draft.properties) return false;
  return source.type === 'object' && dialect.emptyObject === 'closed' ? false : undefined;
}

type Fields = Readonly<Record<string, SourceSchema>>;

/** Adds `allOf`, `anyOf`, `oneOf` and `not`, except the pair that only repeats `x-kubernetes-int-or-string`. */
function withCombinations(source: SourceSchema, draft: SchemaDraft): Schema {
  const fields = source.properties ?? {};
  const kept = (branches: readonly SourceSchema[] | undefined): readonly Schema[] =>
    (branches ?? [])
      .filter((branch) => !isIntOrStringPair(branch.anyOf))
      .map((branch) => toValueCheck(branch, fields));
  const allOf = kept(source.allOf);
  if (allOf.length > 0) draft.allOf = allOf;
  if (source.anyOf && !(isIntOrString(source) && isIntOrStringPair(source.anyOf)))
    draft.anyOf = kept(source.anyOf);
  if (source.oneOf) draft.oneOf = kept(source.oneOf);
  if (source.not) draft.not = toValueCheck(source.not, fields);
  return draft;
}

function isIntOrStringPair(branches: readonly SourceSchema[] | undefined): boolean {
  return branches?.length === 2 && branches[0]?.type === 'integer' && branches[1]?.type === 'string';
}

/**
 * A branch of a combination. It only checks values: the fields of the object are closed, and their types and nulls
 * settled, where they are declared.
 *
 * @param declared the fields of the object that the combination belongs to. A branch that refuses the default of one
 *   must not pass where that field is left out: the API server fills defaults in first.
 */
function toValueCheck(source: SourceSchema, declared: Fields): Schema {
  const draft: SchemaDraft = {};
  if (source.type !== undefined) draft.type = source.type;
  if (source.enum) draft.enum = source.enum;
  copyValueChecks(source, draft);
  const refused = Object.entries(source.properties ?? {})
    .filter(([field, check]) => refusesDefault(check, declared[field]?.default))
    .map(([field]) => field);
  const required = new Set([...(source.required ?? []), ...refused]);
  if (required.size > 0) draft.required = [...required].toSorted();
  if (source.properties) {
    draft.properties = Object.fromEntries(
      Object.entries(source.properties).map(([field, check]) => [field, toValueCheck(check, {})]),
    );
  }
  if (typeof source.additionalProperties === 'object') {
    draft.additionalProperties = toValueCheck(source.additionalProperties, {});
  }
  if (source.items) draft.items = toValueCheck(source.items, {});
  return withCombinations(source, draft);
}

/** Whether an enum, or the negation of one, is certain to refuse a default. */
function refusesDefault(check: SourceSchema, value: Json | undefined): boolean {
  if (value === undefined) return false;
  if (check.enum && !check.enum.includes(value)) return true;
  return check.not?.enum?.includes(value) === true && Object.keys(check.not).length === 1;
}
