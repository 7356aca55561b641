import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { list } from './list.ts';
import { root } from './test-cluster.ts';

const name = 'open-meteo';
const labels = { app: name };

/** What it runs, and what that imports; a pod has them at the same places below /double. */
const files = [
  'tests/cluster/harness/open-meteo/serve.ts',
  'trial/services/open-meteo.ts',
  'trial/services/open-meteo/weather.ts',
] as const;

/** The URL under which the double answers inside the cluster. */
export const openMeteoUrl = `http://${name}.${name}.svc:8080/v1/forecast`;

/** A double of Open-Meteo, run by the Node of a worker's image in a namespace of its own: what kubectl applies. */
export async function openMeteoObjects(image: string): Promise<string> {
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  const keys = files.map((path) => ({ key: path.replaceAll('/', '.'), path }));
  const metadata = { name, namespace: name };
  return list([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: Object.fromEntries(keys.map(({ key }, index) => [key, texts[index] ?? ''])),
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
                command: ['node', `/double/${files[0]}`],
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
