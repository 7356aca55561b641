import type { Schema } from './json-schema.ts';
import type { OpenApi } from './openapi.ts';
import { apiVersionOf, identityOf, type SourceSchema } from './source-schema.ts';
import { type Dialect, type Presence, toStrictSchema } from './strict-schema.ts';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const JSON_SCHEMA_PROPS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps';

/**
 * What `resource.Quantity` reads from a string, as controller-gen writes it into CRDs.
 * Source: sigs.k8s.io/controller-tools, `pkg/crd/known_types.go`.
 */
const QUANTITY =
  '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$';

/** The definitions that one file refers to, gathered while its schema is made. */
export interface Definitions {
  readonly dialect: Dialect;
  /** What was referred to so far, and what that refers to in turn. */
  readonly gathered: () => Readonly<Record<string, Schema>>;
}

/** The last three parts of a definition's name, `core.v1.Container`: unique among the definitions of one document. */
export function shortName(name: string): string {
  return name.split('.').slice(-3).join('.');
}

/**
 * Starts a set of local definitions over Kubernetes' OpenAPI document.
 *
 * A definition that may be null stands beside the one that may not, as `core.v1.PodSpecOrNull`: an `anyOf` would say
 * the same but hide the field in kubeconform's message. Definitions without fields (quantities, times, free-form
 * values) are put in place.
 *
 * @param emptyObject see `Dialect`; the definitions themselves are always read as `open`.
 */
export function createDefinitions(openapi: OpenApi, emptyObject: Dialect['emptyObject']): Definitions {
  const definitions = new Map<string, Schema>();
  const overrides: Readonly<Record<string, () => Schema>> = {
    'io.k8s.apimachinery.pkg.api.resource.Quantity': () => ({
      type: ['string', 'number'],
      pattern: QUANTITY,
    }),
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString': () => ({ type: ['integer', 'string'] }),
    // The OpenAPI document has no type for these unions.
    [`${JSON_SCHEMA_PROPS}OrArray`]: () => reference(JSON_SCHEMA_PROPS, 'required'),
    [`${JSON_SCHEMA_PROPS}OrBool`]: () => ({
      anyOf: [{ type: 'boolean' }, reference(JSON_SCHEMA_PROPS, 'required')],
    }),
    [`${JSON_SCHEMA_PROPS}OrStringArray`]: () => ({
      anyOf: [{ type: 'array', items: { type: 'string' } }, reference(JSON_SCHEMA_PROPS, 'required')],
    }),
  };

  function inline(name: string, presence: Presence): Schema {
    const override = overrides[name];
    if (override) return presence === 'required' ? override() : orNull(override());
    const definition = openapi.definition(name);
    const source = identityOf(definition) ? withoutStatus(definition) : definition;
    return withIdentity(source, toStrictSchema(source, presence, dialect));
  }

  function reference(name: string, presence: Presence): Schema {
    if (overrides[name] || openapi.definition(name).properties === undefined) return inline(name, presence);
    const key = shortName(name) + (presence === 'optional' ? 'OrNull' : '');
    if (!definitions.has(key)) {
      // The place is taken first: JSONSchemaProps refers to itself.
      definitions.set(key, {});
      definitions.set(key, inline(name, presence));
    }
    return { $ref: `#/definitions/${key}` };
  }

  const dialect: Dialect = {
    reference,
    objectMeta: (presence) => reference(OBJECT_META, presence),
    emptyObject: 'open',
  };
  return {
    dialect: { ...dialect, emptyObject },
    gathered: () => Object.fromEntries([...definitions].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function orNull(schema: Schema): Schema {
  if (schema.type === undefined) return { anyOf: [{ type: 'null' }, schema] };
  return { ...schema, type: [...[schema.type].flat(), 'null'] };
}

const ANYTHING: SourceSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** `status` is written by controllers: anything goes, which keeps the files small. */
export function withoutStatus(source: SourceSchema): SourceSchema {
  if (!source.properties?.status) return source;
  return { ...source, properties: { ...source.properties, status: ANYTHING } };
}

/** An object inside another one, as in volumeClaimTemplates, may say what it is; then it must say so rightly. */
function withIdentity(source: SourceSchema, schema: Schema): Schema {
  const identity = identityOf(source);
  if (!identity || !schema.properties) return schema;
  const apiVersion: Schema = { enum: [apiVersionOf(identity), null] };
  const kind: Schema = { enum: [identity.kind, null] };
  return { ...schema, properties: { ...schema.properties, apiVersion, kind } };
}
