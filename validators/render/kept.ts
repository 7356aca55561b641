import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../cache/store.ts';
import { SCHEMA_FOLDER, schemaFileOf } from '../schemas/index.ts';
import type { SchemaError } from '../schemas/validate.ts';
import type { RenderedObject } from './objects.ts';

/** A target's render with the verdict on each object: what the store keeps. */
export interface Rendered {
  readonly objects: readonly RenderedObject[];
  /** What kustomize warned of. */
  readonly warnings: readonly string[];
  /** By the object's digest; valid objects have none. */
  readonly errors: Readonly<Record<string, readonly SchemaError[]>>;
  /** The schemas that judged, by file: another one is another verdict. */
  readonly schemas: Readonly<Record<string, string>>;
}

/** A render that no schema has judged yet. */
export type Unjudged = Pick<Rendered, 'objects' | 'warnings'>;

/** The digest of a schema by its file; one that is not there has one too. */
export type SchemaDigest = (file: string) => Promise<string>;

/** Digests of the vendored schemas, each file read once. */
export function schemaDigests(): SchemaDigest {
  const digests = new Map<string, Promise<string>>();
  return (file) => {
    let digest = digests.get(file);
    if (digest === undefined) {
      digest = readFile(join(SCHEMA_FOLDER, file)).then(
        (content) => createHash('sha256').update(content).digest('hex'),
        () => 'none',
      );
      digests.set(file, digest);
    }
    return digest;
  };
}

/** The render that an earlier run kept; undefined when there is none, or another schema would judge it today. */
export async function readKept(
  store: Store,
  key: string,
  schemaDigest: SchemaDigest,
): Promise<Rendered | undefined> {
  const value = await store.get(key);
  if (value === undefined) return undefined;
  const rendered = JSON.parse(value.toString('utf8')) as Rendered;
  for (const [file, digest] of Object.entries(rendered.schemas)) {
    if ((await schemaDigest(file)) !== digest) return undefined;
  }
  return rendered;
}

/** A render with what its objects' schemas say. */
export async function withVerdicts(
  { objects, warnings }: Unjudged,
  verdicts: ReadonlyMap<string, readonly SchemaError[]>,
  schemaDigest: SchemaDigest,
): Promise<Rendered> {
  const errors: Record<string, readonly SchemaError[]> = {};
  // Errors name the nearest kind, which any change of the index may change.
  const schemas: Record<string, string> = { 'index.json': await schemaDigest('index.json') };
  for (const { object, digest } of objects) {
    const file = schemaFileOf(object.apiVersion, object.kind);
    schemas[file] = await schemaDigest(file);
    const found = verdicts.get(digest) ?? [];
    if (found.length > 0) errors[digest] = found;
  }
  return { objects, warnings, errors, schemas };
}
