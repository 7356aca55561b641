import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { list } from './list.ts';
import { root } from './test-cluster.ts';

const name = 'open-meteo';
const labels = { app: name };

/** What it runs; a pod has it and what it imports at the same places below /double. */
const entry = 'tests/cluster/harness/open-meteo/serve.ts';

/** The URL under which the double answers inside the cluster. */
export const openMeteoUrl = `http://${name}.${name}.svc:8080/v1/forecast`;

/** A double of Open-Meteo, run by the Node of a worker's image in a namespace of its own: what kubectl applies. */
export async function openMeteoObjects(image: string): Promise<string> {
  const files = await withImports(entry);
  const keys = [...files.keys()].map((path) => ({ key: path.replaceAll('/', '.'), path }));
  const metadata = { name, namespace: name };
  return list([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: Object.fromEntries(keys.map(({ key, path }) => [key, files.get(path) ?? ''])),
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            enableServiceLinks: false,
            containers: [
              {
                name,
                image,
                imagePullPolicy: 'Never',
                command: ['node', `/double/${entry}`],
                readinessProbe: { httpGet: { path: '/', port: 8081 }, periodSeconds: 1 },
                volumeMounts: [{ name: 'files', mountPath: '/double' }],
              },
            ],
            volumes: [{ name: 'files', configMap: { name, items: keys } }],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        selector: labels,
        ports: [
          { name: 'weather', port: 8080 },
          { name: 'given', port: 8081 },
        ],
      },
    },
  ]);
}

/** A file's text and those of all that it imports, by their paths in the repository. */
async function withImports(
  path: string,
  found: Map<string, string> = new Map(),
): Promise<ReadonlyMap<string, string>> {
  if (found.has(path)) return found;
  const text = await readFile(join(root, path), 'utf8');
  found.set(path, text);
  for (const [, imported = ''] of text.matchAll(/^(?:import|export) (?!type )[^;]*? from '(\.[^']+)';/gm)) {
    await withImports(join(dirname(path), imported), found);
  }
  return found;
}
