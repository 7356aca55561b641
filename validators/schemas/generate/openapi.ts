import { type GroupVersionKind, identityOf, type Scope, type SourceSchema } from './source-schema.ts';

/** Kubernetes' OpenAPI v2 document, as far as the generator asks it. */
export interface OpenApi {
  /** Throws for a name that the document does not define. */
  readonly definition: (name: string) => SourceSchema;
  /** The kinds that `kubectl apply` can create and change, sorted by group, kind and version. */
  readonly appliable: readonly AppliableKind[];
}

export interface AppliableKind extends GroupVersionKind {
  readonly scope: Scope;
  /** The name of its definition. */
  readonly definition: string;
}

interface Operation {
  readonly 'x-kubernetes-group-version-kind'?: GroupVersionKind;
}

interface OpenApiDocument {
  readonly definitions: Readonly<Record<string, SourceSchema>>;
  readonly paths: Readonly<Record<string, { readonly post?: Operation; readonly patch?: Operation }>>;
}

/**
 * Reads Kubernetes' `swagger.json`.
 *
 * A kind is appliable when its collection takes a POST and its named object a PATCH. That rule leaves out lists,
 * Status, DeleteOptions, reviews, Binding, Eviction and Scale without naming them.
 *
 * @throws when the text is not such a document, or an appliable kind has no definition of its own.
 */
export function readOpenApi(text: string): OpenApi {
  const document: unknown = JSON.parse(text);
  if (!isOpenApiDocument(document))
    throw new Error('This is not an OpenAPI v2 document: it has no definitions and paths.');
  const { definitions, paths } = document;

  const definitionByKind = new Map<string, string>();
  for (const [name, definition] of Object.entries(definitions)) {
    const identity = identityOf(definition);
    if (identity) definitionByKind.set(keyOf(identity), name);
  }

  const patchable = new Set<string>();
  for (const [path, { patch }] of Object.entries(paths)) {
    const identity = patch?.['x-kubernetes-group-version-kind'];
    if (identity && path.endsWith('/{name}')) patchable.add(keyOf(identity));
  }

  const appliable = new Map<string, AppliableKind>();
  for (const [path, { post }] of Object.entries(paths)) {
    const identity = post?.['x-kubernetes-group-version-kind'];
    if (!identity || path.includes('{name}') || !patchable.has(keyOf(identity))) continue;
    const definition = definitionByKind.get(keyOf(identity));
    if (definition === undefined)
      throw new Error(`The OpenAPI document has paths for ${keyOf(identity)} but no definition.`);
    const { group, version, kind } = identity;
    const scope = path.includes('/namespaces/{namespace}/') ? 'Namespaced' : 'Cluster';
    appliable.set(keyOf(identity), { group, version, kind, scope, definition });
  }

  return {
    definition(name) {
      const definition = definitions[name];
      if (!definition) throw new Error(`The OpenAPI document refers to ${name} but does not define it.`);
      return definition;
    },
    appliable: [...appliable.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
  };
}

function keyOf({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${kind}/${version}`;
}

function isOpenApiDocument(document: unknown): document is OpenApiDocument {
  return (
    typeof document === 'object' && document !== null && 'definitions' in document && 'paths' in document
  );
}
