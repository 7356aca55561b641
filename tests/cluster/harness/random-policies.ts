import type { KubernetesObject } from '@plumbline/validators';
import { drawing } from './drawing.ts';

const namespaces = ['shop', 'stock', 'tools'];
const teams = ['red', 'blue'];
const apps = ['web', 'api', 'db'];
const tiers = ['front', 'back'];

/** A few namespaces with pods of several labels, and policies of every form that Kubernetes knows. @param seed from 1 */
export function randomPolicies(seed: number): KubernetesObject[] {
  const { pick, some, chance, below } = drawing(seed);

  const selector = (key: string, values: readonly string[]) => {
    const form = below(100) / 100;
    if (form < 0.25) return {};
    if (form < 0.6) return { matchLabels: { [key]: pick(values) } };
    const operator = pick(['In', 'NotIn', 'Exists', 'DoesNotExist']);
    const named = operator.endsWith('In') ? { values: [pick(values), ...some(1, () => pick(values))] } : {};
    // NotIn is met by what lacks the label (k8s.io/apimachinery, `pkg/labels/selector.go`); cyclonus has it otherwise.
    const absent = operator !== 'NotIn' && chance(0.2);
    return { matchExpressions: [{ key: absent ? 'absent' : key, operator, ...named }] };
  };
  const podSelector = () => (chance(0.5) ? selector('app', apps) : selector('tier', tiers));
  const namespaceSelector = () =>
    chance(0.5) ? selector('team', teams) : selector('kubernetes.io/metadata.name', namespaces);
  const peer = () => {
    const form = below(100) / 100;
    if (form < 0.1) return { ipBlock: { cidr: '0.0.0.0/0' } };
    if (form < 0.4) return { podSelector: podSelector() };
    if (form < 0.7) return { namespaceSelector: namespaceSelector() };
    return { podSelector: podSelector(), namespaceSelector: namespaceSelector() };
  };
  const port = () => {
    const form = below(100) / 100;
    const protocol = chance(0.3) ? { protocol: pick(['TCP', 'UDP']) } : {};
    if (form < 0.15) return { ...protocol, protocol: 'TCP' };
    if (form < 0.4) return { ...protocol, port: pick(['http', 'dns', 'metrics']) };
    if (form < 0.6) return { ...protocol, port: 8000, endPort: pick([8000, 8080, 9090]) };
    return { ...protocol, port: pick([8080, 9090, 53, 443]) };
  };
  const rule = (peers: 'from' | 'to') => ({
    ...(chance(0.75) ? { [peers]: [peer(), ...some(1, peer)] } : {}),
    ...(chance(0.6) ? { ports: [port(), ...some(1, port)] } : {}),
  });

  const objects: object[] = namespaces.map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name, team: pick(teams) } },
  }));
  for (const namespace of namespaces) {
    for (const app of apps) {
      if (!chance(0.7)) continue;
      const labels = { app, tier: pick(tiers) };
      const ports = [
        { name: 'http', containerPort: 8080 },
        ...(chance(0.5) ? [{ name: 'metrics', containerPort: 9090 }] : []),
        ...(chance(0.5) ? [{ name: 'dns', containerPort: 53, protocol: 'UDP' }] : []),
      ];
      const spec = { containers: [{ name: app, image: 'registry.example/app:1.0.0', ports }] };
      objects.push({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: `${namespace}-${app}`, namespace },
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
      });
    }
    for (const index of some(3, () => 0).keys()) {
      const policyTypes = pick([['Ingress'], ['Egress'], ['Ingress', 'Egress']]);
      objects.push({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: `policy-${index}`, namespace },
        spec: {
          podSelector: podSelector(),
          policyTypes,
          ...(policyTypes.includes('Ingress') ? { ingress: some(2, () => rule('from')) } : {}),
          ...(policyTypes.includes('Egress') ? { egress: some(2, () => rule('to')) } : {}),
        },
      });
    }
  }
  return objects as KubernetesObject[];
}
