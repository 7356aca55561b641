import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One kind that there is a schema for. */
export interface SchemaIndexEntry {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Whether its objects live in a namespace. */
  readonly scope: 'Namespaced' | 'Cluster';
  /** The Go module that it was made from, `module@version`. */
  readonly source: string;
}

/** What `index.json` holds. */
export interface SchemaIndex {
  /** Go's checksum of each source, by `module@version`. */
  readonly sources: Readonly<Record<string, string>>;
  /** Sorted by file. */
  readonly kinds: readonly SchemaIndexEntry[];
}

/** The folder of the vendored schemas. */
export const SCHEMA_FOLDER = import.meta.dirname;

/**
 * Where kubeconform finds a kind's schema inside the folder, in its template language.
 *
 * For a core kind (`apiVersion: v1`) kubeconform's Group is the version, `v1`: hence the comparison.
 * Source: github.com/yannh/kubeconform, `pkg/registry/registry.go`.
 */
export const SCHEMA_TEMPLATE =
  '{{ if eq .Group .ResourceAPIVersion }}core{{ else }}{{ .Group }}{{ end }}/{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json';

/** What to give kubeconform as `-schema-location`. */
export function schemaLocation(folder: string = SCHEMA_FOLDER): string {
  return join(folder, SCHEMA_TEMPLATE);
}

/** The path of a kind's schema inside the folder; the same that `SCHEMA_TEMPLATE` gives. */
export function schemaFile({
  group,
  version,
  kind,
}: Pick<SchemaIndexEntry, 'group' | 'version' | 'kind'>): string {
  return `${group || 'core'}/${kind.toLowerCase()}_${version}.json`;
}

/** The path of the schema of an object's kind inside the folder, whether it is there or not. */
export function schemaFileOf(apiVersion: string, kind: string): string {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return schemaFile({ group, version, kind });
}

/**
 * Reads the index of the vendored schemas.
 *
 * @throws when the file is missing or is not such an index: then `node scripts/schemas.ts` makes it anew.
 */
export async function readSchemaIndex(folder: string = SCHEMA_FOLDER): Promise<SchemaIndex> {
  const file = join(folder, 'index.json');
  const index: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (!isSchemaIndex(index)) throw new Error(`${file} is no schema index: run node scripts/schemas.ts.`);
  return index;
}

function isSchemaIndex(value: unknown): value is SchemaIndex {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kinds' in value &&
    Array.isArray(value.kinds) &&
    'sources' in value
  );
}
