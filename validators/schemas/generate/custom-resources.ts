import { parseAllDocuments } from 'yaml';
import { createDefinitions, withoutStatus } from './definitions.ts';
import type { OpenApi } from './openapi.ts';
import { toRootSchema, withDefinitions } from './root-schema.ts';
import { shareRepeats } from './share-repeats.ts';
import type { KindSchema, Scope, SourceSchema } from './source-schema.ts';
import { toStrictSchema } from './strict-schema.ts';

interface CustomResourceDefinition {
  readonly kind: 'CustomResourceDefinition';
  readonly spec: {
    readonly group: string;
    readonly scope: Scope;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema?: { readonly openAPIV3Schema?: SourceSchema };
    }[];
  };
}

/**
 * Reads the CustomResourceDefinitions in a YAML stream into one self-contained strict schema a served version.
 *
 * A version that is not served is left out, for the API server refuses it. `metadata` is the ObjectMeta of `openapi`:
 * a CustomResourceDefinition only says that it is an object, and the API server checks the rest.
 *
 * @throws when the stream is not YAML, or a served version has no schema.
 */
export function customResourceKinds(text: string, openapi: OpenApi): readonly KindSchema[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error) throw error;
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    return isCustomResourceDefinition(value) ? servedVersions(value, openapi) : [];
  });
}

function servedVersions({ spec }: CustomResourceDefinition, openapi: OpenApi): readonly KindSchema[] {
  return spec.versions
    .filter(({ served }) => served)
    .map(({ name, schema }) => {
      const identity = { group: spec.group, version: name, kind: spec.names.kind };
      const source = schema?.openAPIV3Schema;
      if (!source)
        throw new Error(`The CustomResourceDefinition of ${identity.kind} has no schema for ${name}.`);
      const definitions = createDefinitions(openapi, 'closed');
      const strict = toStrictSchema(withoutStatus(source), 'required', definitions.dialect);
      const shared = shareRepeats(toRootSchema(identity, strict, definitions));
      const all = { ...definitions.gathered(), ...shared.definitions };
      return { ...identity, scope: spec.scope, schema: withDefinitions(shared.schema, all) };
    });
}

function isCustomResourceDefinition(value: unknown): value is CustomResourceDefinition {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'CustomResourceDefinition'
  );
}
