import { list } from './list.ts';
import { withImports } from './with-imports.ts';

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
