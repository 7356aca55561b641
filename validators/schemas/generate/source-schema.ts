import type { Json, Schema, TypeName } from './json-schema.ts';

/**
 * A schema as the sources have it: a definition of Kubernetes' OpenAPI v2 document, or the structural schema of a
 * CustomResourceDefinition, which says the same things in the same words.
 *
 * Source: k8s.io/apiextensions-apiserver, `JSONSchemaProps`. Only what the generator reads is listed.
 */
export interface SourceSchema
  extends Omit<
    Schema,
    | 'properties'
    | 'additionalProperties'
    | 'items'
    | 'allOf'
    | 'anyOf'
    | 'oneOf'
    | 'not'
    | 'definitions'
    | 'type'
  > {
  readonly type?: TypeName;
  readonly nullable?: boolean;
  readonly default?: Json;
  readonly properties?: Readonly<Record<string, SourceSchema>>;
  readonly additionalProperties?: boolean | SourceSchema;
  readonly items?: SourceSchema;
  readonly allOf?: readonly SourceSchema[];
  readonly anyOf?: readonly SourceSchema[];
  readonly oneOf?: readonly SourceSchema[];
  readonly not?: SourceSchema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
}

/** What names a kind: `group` is empty for the core group. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Whether objects of a kind live in a namespace; the words are those of a CustomResourceDefinition's `spec.scope`. */
export type Scope = 'Namespaced' | 'Cluster';

/** One kind, with the schema that one file of its own will hold. */
export interface KindSchema extends GroupVersionKind {
  readonly scope: Scope;
  readonly schema: Schema;
}

/** What an object of a kind says in `apiVersion`: `apps/v1`, or `v1` for the core group. */
export function apiVersionOf({ group, version }: GroupVersionKind): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The kind that a definition stands for, if it stands for one: DeleteOptions and the like belong to every group. */
export function identityOf(source: SourceSchema): GroupVersionKind | undefined {
  const [identity, ...others] = source['x-kubernetes-group-version-kind'] ?? [];
  return others.length === 0 ? identity : undefined;
}
