import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { fetchGoModule } from '../../../validators/schemas/generate/go-module.ts';
import { readSources } from '../../../validators/schemas/generate/sources.ts';
import { root, type TestCluster } from './test-cluster.ts';
import { until } from './until.ts';

interface Definition {
  readonly kind?: string;
  readonly spec?: { readonly group?: string };
}

/**
 * The CustomResourceDefinitions of some API groups, from the pinned modules that the schemas are made from.
 * @throws Error when no source has one of the groups.
 */
export async function customResourceDefinitions(groups: readonly string[]): Promise<object[]> {
  const sources = await readSources(join(root, 'validators', 'schemas', 'sources.yaml'));
  const missing = new Set(groups);
  const found: object[] = [];
  for (const { module, version, files } of sources.customResources) {
    if (missing.size === 0) break;
    const { folder } = await fetchGoModule(module, version);
    for await (const file of glob([...files], { cwd: folder })) {
      for (const document of parseAllDocuments(await readFile(join(folder, file), 'utf8'))) {
        const definition = ('toJS' in document ? document.toJS() : {}) as Definition | null;
        const group = definition?.spec?.group;
        if (definition?.kind !== 'CustomResourceDefinition' || group === undefined) continue;
        if (!groups.includes(group)) continue;
        missing.delete(group);
        found.push(definition);
      }
    }
  }
  if (missing.size > 0) throw new Error(`no source in sources.yaml has ${[...missing].join(', ')}`);
  return found;
}

/** Installs them, and waits until the API server serves them. */
export async function installCustomResources(cluster: TestCluster, groups: readonly string[]): Promise<void> {
  if (groups.length === 0) return;
  const items = await customResourceDefinitions(groups);
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const deadline = 180_000;
  await cluster.kubectl(['apply', '--server-side', '--filename=-'], { stdin, deadline });
  const wait = ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=120s'];
  // kubectl takes a definition that has no status yet for an error.
  await until('the API server serves them', () => cluster.kubectl(wait, { deadline }));
}
