import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { peerElsewhere as rule } from '../../../validators/rules/peer-elsewhere.ts';
import { findings } from './judged.ts';

const policy = (peer: string, spec: string, kind = 'NetworkPolicy') => `apiVersion: networking.k8s.io/v1
kind: ${kind}
metadata:
  name: a
  labels:
    plumbline.dev/peer: ${peer}
spec: ${spec}
`;
const namespace = (name: string) =>
  `{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ${name} } } }`;

test('a policy towards the namespace that the environment declares passes, in both directions', () => {
  assert.equal(findings(rule, policy('dns', `{ egress: [{ to: [${namespace('kube-system')}] }] }`)), []);
  assert.equal(findings(rule, policy('ingress', `{ ingress: [{ from: [${namespace('traefik')}] }] }`)), []);
});

test('a policy towards another namespace is found, by the peer that names it', () => {
  const to = `[${namespace('kube-system')}, ${namespace('dns')}]`;
  const found = findings(rule, policy('dns', `{ egress: [{}, { to: ${to} }] }`));
  assert.equal(
    found.map(({ path, message }) => [path, message]),
    [
      [
        'spec.egress[1].to[1].namespaceSelector',
        'kind has its dns in namespace kube-system, not dns: the flow would be cut',
      ],
    ],
  );
  const [from] = findings(rule, policy('ingress', `{ ingress: [{ from: [${namespace('nginx')}] }] }`));
  assert.is(from?.path, 'spec.ingress[0].from[0].namespaceSelector');
});

test('a peer that the environment does not declare is found', () => {
  const [found] = findings(
    rule,
    policy('monitoring', `{ ingress: [{ from: [${namespace('monitoring')}] }] }`),
  );
  assert.match(found?.message ?? '', 'kind declares no peer "monitoring"');
});

test('a peer by pods alone, a policy without the label and another kind are not judged', () => {
  const egress = `{ egress: [{ to: [${namespace('elsewhere')}] }] }`;
  assert.equal(findings(rule, policy('dns', '{ egress: [{ to: [{ podSelector: {} }] }] }')), []);
  assert.equal(findings(rule, policy('dns', egress).replace('plumbline.dev/peer', 'other')), []);
  assert.equal(findings(rule, policy('dns', egress, 'Other')), []);
  assert.equal(findings(rule, policy('dns', '')), []);
});

test.run();
