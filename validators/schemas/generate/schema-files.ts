import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SchemaIndex, SchemaIndexEntry } from '../schema-index.ts';
import { schemaFile } from '../schema-index.ts';
import type { GoModule } from './go-module.ts';
import type { KindSchema } from './source-schema.ts';

/** A kind's schema, and the module that it was made from. */
export interface SourcedKind extends KindSchema {
  readonly source: GoModule;
}

/** The folder's generated files: one a kind, two folders deep at most, and the index. */
const GENERATED = ['*/*_v*.json', 'index.json'];

/** The texts of the files to vendor, by path inside the folder: one minified file a kind, and the index. */
export function schemaFiles(kinds: readonly SourcedKind[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const kind of kinds) {
    const path = schemaFile(kind);
    if (files.has(path)) {
      throw new Error(`Two sources make ${path}: narrow the globs of one of them in sources.yaml.`);
    }
    files.set(path, `${JSON.stringify(kind.schema)}\n`);
  }
  return files.set('index.json', formatIndex(toIndex(kinds)));
}

function toIndex(kinds: readonly SourcedKind[]): SchemaIndex {
  const sources = kinds.map(({ source }) => [nameOf(source), source.sum] as const);
  const entries = kinds.map(
    ({ group, version, kind, scope, source }): SchemaIndexEntry => ({
      group,
      version,
      kind,
      scope,
      source: nameOf(source),
    }),
  );
  return {
    sources: Object.fromEntries(sources),
    kinds: entries.toSorted((a, b) => (schemaFile(a) < schemaFile(b) ? -1 : 1)),
  };
}

function nameOf({ module, version }: GoModule): string {
  return `${module}@${version}`;
}

/** One kind a line: small, and a change reads well in a diff. */
function formatIndex({ sources, kinds }: SchemaIndex): string {
  const lines = kinds.map((kind) => `    ${JSON.stringify(kind)}`);
  const head = JSON.stringify(sources, undefined, 2).replaceAll('\n', '\n  ');
  return `{\n  "sources": ${head},\n  "kinds": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

/** Writes the files into a folder, and removes the generated files there that are no longer wanted. */
export async function writeSchemaFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const path of await generatedFiles(folder)) {
    if (!files.has(path)) await rm(join(folder, path));
  }
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** How a folder differs from what it should hold: a line a file, none where it is up to date. */
export async function compareSchemaFiles(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const present = new Set(await generatedFiles(folder));
  const differences = [...present]
    .filter((path) => !files.has(path))
    .map((path) => `${path}: no source makes it any more`);
  for (const [path, text] of files) {
    if (!present.has(path)) differences.push(`${path}: missing`);
    else if ((await readFile(join(folder, path), 'utf8')) !== text)
      differences.push(`${path}: differs from what its source makes`);
  }
  return differences.toSorted();
}

async function generatedFiles(folder: string): Promise<readonly string[]> {
  const paths = await Array.fromAsync(glob(GENERATED, { cwd: folder }));
  return paths.map((path) => path.replaceAll('\\', '/')).toSorted();
}
