import type { KubernetesObject } from '@plumbline/validators';
import { drawing } from './drawing.ts';

const pause = 'registry.k8s.io/pause:3.10';
const tiers = ['front', 'back', 'data'];
const zone = 'topology.kubernetes.io/zone';
const host = 'kubernetes.io/hostname';

/**
 * Workloads whose pods want room, and say where they may and may not be: labels and taints of nodes, company, distance,
 * spread, ports of the node.
 * @param seed from 1
 * @param cores about what all their pods request together
 */
export function randomWorkloads(seed: number, namespace: string, cores: number): KubernetesObject[] {
  const { pick, chance, below } = drawing(seed);
  const objects: object[] = [];
  let left = cores;
  for (let index = 0; left > 0 && index < 12; index += 1) {
    const name = `app-${index}`;
    const labels = { app: name, tier: pick(tiers) };
    const requests = {
      cpu: pick(['250m', '500m', '1', '1500m', '2']),
      memory: pick(['64Mi', '256Mi', '1Gi', '2Gi']),
    };
    const replicas = 1 + below(4);
    const size = requests.cpu.endsWith('m') ? Number.parseInt(requests.cpu, 10) / 1000 : Number(requests.cpu);
    left -= replicas * size;
    const about = (values: Readonly<Record<string, string>>, topologyKey: string) => ({
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: values }, topologyKey },
      ],
    });
    const form = below(10);
    const affinity =
      form < 2
        ? { podAntiAffinity: about({ app: name }, host) }
        : form === 2
          ? { podAntiAffinity: about({ tier: pick(tiers) }, host) }
          : form === 3
            ? { podAffinity: about({ app: name }, zone) }
            : form === 4
              ? {
                  nodeAffinity: {
                    requiredDuringSchedulingIgnoredDuringExecution: {
                      nodeSelectorTerms: [
                        {
                          matchExpressions: [
                            { key: zone, operator: pick(['In', 'NotIn']), values: [pick(['a', 'b', 'c'])] },
                          ],
                        },
                      ],
                    },
                  },
                }
              : undefined;
    const spread = chance(0.25)
      ? [
          {
            maxSkew: 1,
            topologyKey: pick([zone, host]),
            whenUnsatisfiable: 'DoNotSchedule',
            labelSelector: { matchLabels: { app: name } },
          },
        ]
      : undefined;
    const ports = chance(0.15) ? [{ containerPort: 8080, hostPort: pick([18080, 18081]) }] : undefined;
    objects.push({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 0,
            ...(affinity === undefined ? {} : { affinity }),
            ...(spread === undefined ? {} : { topologySpreadConstraints: spread }),
            ...(chance(0.2) ? { nodeSelector: { disk: 'ssd' } } : {}),
            ...(chance(0.3) ? { tolerations: [{ key: 'dedicated', operator: 'Exists' }] } : {}),
            containers: [
              {
                name: 'app',
                image: pause,
                resources: { requests },
                ...(ports === undefined ? {} : { ports }),
              },
            ],
          },
        },
      },
    });
  }
  return objects as KubernetesObject[];
}
