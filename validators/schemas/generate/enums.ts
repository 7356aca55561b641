import { shortName } from './definitions.ts';
import type { OpenApi } from './openapi.ts';
import type { SourceSchema } from './source-schema.ts';

/** The admissible values of a field, by `core.v1.Container` and `imagePullPolicy`. */
export type Enums = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

const FUNCTION = /^func schema_(?<type>\w+)\(/;
// gofmt fixes the depth: only the fields of the type itself stand behind five tabs.
const FIELD = /^\t{5}"(?<field>[^"]+)": \{$/;
const ENUM = /^\t+Enum:\s+\[\]interface\{\}\{(?<values>.*)\},$/;

/**
 * Reads the enums out of Kubernetes' generated OpenAPI source in Go.
 *
 * The published swagger.json has none, for it is made with the feature gate OpenAPIEnums off; the Go source, made from
 * the same types by openapi-gen, has them. It is regular enough to be read line by line.
 *
 * @throws when not one enum is found, since then the file no longer looks as expected.
 */
export function readEnums(goSource: string): Enums {
  const enums = new Map<string, Map<string, readonly string[]>>();
  let type = '';
  let field = '';
  for (const line of goSource.split('\n')) {
    const definition = FUNCTION.exec(line)?.groups?.type;
    if (definition !== undefined) type = definition.split('_').slice(-3).join('.');
    field = FIELD.exec(line)?.groups?.field ?? field;
    const values = ENUM.exec(line)?.groups?.values;
    if (values === undefined) continue;
    const fields = enums.get(type) ?? new Map<string, readonly string[]>();
    enums.set(type, fields.set(field, readStrings(values)));
  }
  if (enums.size === 0)
    throw new Error('No enum found in the generated OpenAPI source: its form has changed.');
  return enums;
}

/** Strings as Go quotes them here are strings as JSON quotes them. */
function readStrings(values: string): readonly string[] {
  const parsed: unknown = JSON.parse(`[${values}]`);
  if (!Array.isArray(parsed)) return [];
  return parsed.filter((value) => typeof value === 'string');
}

/**
 * The same document, with the enums put where the strings are: in the field, its items, or its map's values.
 *
 * An optional field may be empty too: the API server reads an empty string as none (a toleration's `effect: ""`).
 */
export function withEnums(openapi: OpenApi, enums: Enums): OpenApi {
  return {
    ...openapi,
    definition(name) {
      const definition = openapi.definition(name);
      const fields = enums.get(shortName(name));
      if (!fields || !definition.properties) return definition;
      const properties = Object.entries(definition.properties).map(([field, schema]) => {
        const values = fields.get(field);
        if (!values) return [field, schema] as const;
        const optional = schema.type === 'string' && !definition.required?.includes(field);
        return [field, restrict(schema, optional ? [...new Set([...values, ''])] : values)] as const;
      });
      return { ...definition, properties: Object.fromEntries(properties) };
    },
  };
}

function restrict(schema: SourceSchema, values: readonly string[]): SourceSchema {
  if (schema.type === 'string') return { ...schema, enum: values };
  if (schema.items) return { ...schema, items: restrict(schema.items, values) };
  if (typeof schema.additionalProperties === 'object') {
    return { ...schema, additionalProperties: restrict(schema.additionalProperties, values) };
  }
  return schema;
}
