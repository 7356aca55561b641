import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInKind } from './built-in-kinds.ts';
import { customResourceKinds } from './custom-resources.ts';
import { readEnums, withEnums } from './enums.ts';
import { fetchGoModule } from './go-module.ts';
import { type OpenApi, readOpenApi } from './openapi.ts';
import { type SourcedKind, schemaFiles } from './schema-files.ts';
import type { CustomResourceSource, KubernetesSource, Sources } from './sources.ts';

export { compareSchemaFiles, writeSchemaFiles } from './schema-files.ts';
export { readSources } from './sources.ts';

/**
 * Makes the schemas of all sources.
 *
 * @param report gets one line a source, when it is read.
 * @returns the files to vendor, by path. The same sources always give the same texts.
 * @throws when a module cannot be fetched, a glob finds nothing, or two sources define the same kind.
 */
export async function generateSchemas(
  sources: Sources,
  report: (line: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const { openapi, kinds } = await readKubernetes(sources.kubernetes);
  report(`${sources.kubernetes.module} ${sources.kubernetes.version}: ${kinds.length} kinds`);
  const all = [...kinds];
  for (const source of sources.customResources) {
    const custom = await readCustomResources(source, openapi);
    report(`${source.module} ${source.version}: ${custom.length} kinds`);
    all.push(...custom);
  }
  return schemaFiles(all);
}

interface Kubernetes {
  readonly openapi: OpenApi;
  readonly kinds: readonly SourcedKind[];
}

async function readKubernetes({
  module,
  version,
  openapi: document,
  enums,
  excludeGroups,
}: KubernetesSource): Promise<Kubernetes> {
  const source = await fetchGoModule(module, version);
  const read = (path: string): Promise<string> => readFile(join(source.folder, path), 'utf8');
  const openapi = withEnums(readOpenApi(await read(document)), readEnums(await read(enums)));
  const wanted = openapi.appliable.filter(({ group }) => !excludeGroups.includes(group));
  return { openapi, kinds: wanted.map((kind) => ({ ...builtInKind(openapi, kind), source })) };
}

async function readCustomResources(
  { module, version, files }: CustomResourceSource,
  openapi: OpenApi,
): Promise<readonly SourcedKind[]> {
  const source = await fetchGoModule(module, version);
  const kinds: SourcedKind[] = [];
  for (const pattern of files) {
    const paths = (await Array.fromAsync(glob(pattern, { cwd: source.folder }))).toSorted();
    if (paths.length === 0)
      throw new Error(`${module}@${version} has no file like ${pattern}: correct sources.yaml.`);
    for (const path of paths) {
      const text = await readFile(join(source.folder, path), 'utf8');
      kinds.push(...customResourceKinds(text, openapi).map((kind) => ({ ...kind, source })));
    }
  }
  return kinds;
}
