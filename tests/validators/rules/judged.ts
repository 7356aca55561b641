import {
  contextOf,
  type Environment,
  type Finding,
  judge,
  type KubernetesObject,
  type Rule,
  splitDocuments,
} from '@plumbline/validators';
import { parseYaml } from '../../../validators/render/yaml.ts';

/** An environment that offers little, for rules to judge by. */
export const environment: Environment = {
  name: 'kind',
  about: 'three nodes for tests',
  contexts: ['kind-plumbline'],
  kubernetes: '1.35',
  nodes: [{ count: 3, cpu: '2', memory: '4Gi' }],
  storageClasses: [
    { name: 'standard', default: true, accessModes: ['ReadWriteOnce'] },
    { name: 'shared', accessModes: ['ReadWriteMany'] },
  ],
  nodePorts: { from: 30000, to: 32767 },
  loadBalancers: false,
  ingressClasses: ['traefik'],
  apis: ['monitoring.coreos.com'],
  platform: [],
  peers: { dns: { namespace: 'kube-system' }, ingress: { namespace: 'traefik' } },
  secrets: 'committed',
};

/** What a rule finds in these objects, in an environment with these differences. */
export function findings(
  rule: Rule,
  manifests: string,
  differences: Partial<Environment> = {},
): readonly Finding[] {
  const objects = splitDocuments(manifests).map((text) => parseYaml(text) as KubernetesObject);
  const context = contextOf('kind/shop', 'shop', { ...environment, ...differences }, objects);
  return judge(context, [rule]).findings;
}
