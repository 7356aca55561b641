import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { notOffered as rule } from '../../../validators/rules/not-offered.ts';
import { findings } from './judged.ts';

const named = (apiVersion: string, kind: string, rest = '') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: a\n${rest}`;
const claim = (spec: string) => named('v1', 'PersistentVolumeClaim', `spec: ${spec}\n`);
const service = (spec: string) => named('v1', 'Service', `spec: ${spec}\n`);
const ingress = (spec: string) => named('networking.k8s.io/v1', 'Ingress', `spec: ${spec}\n`);

/** The path and the message of the one finding. */
function only(manifests: string, differences = {}): string {
  const found = findings(rule, manifests, differences);
  assert.is(found.length, 1, JSON.stringify(found));
  assert.is(found[0]?.rule, 'not-offered');
  assert.is(found[0]?.severity, 'error');
  return `${found[0]?.path}: ${found[0]?.message}`;
}

function none(manifests: string, differences = {}): void {
  assert.equal(findings(rule, manifests, differences), []);
}

for (const apiVersion of [
  'v1',
  'apps/v1',
  'batch/v1',
  'autoscaling/v2',
  'policy/v1',
  'networking.k8s.io/v1',
  'rbac.authorization.k8s.io/v1',
  'storage.k8s.io/v1',
  'apiextensions.k8s.io/v1',
  'monitoring.coreos.com/v1',
]) {
  test(`${apiVersion} is served`, () => none(named(apiVersion, 'Any')));
}

for (const apiVersion of [
  'cert-manager.io/v1',
  'external-secrets.io/v1',
  // These end with k8s.io and are custom resources all the same.
  'gateway.networking.k8s.io/v1',
  'snapshot.storage.k8s.io/v1',
]) {
  test(`${apiVersion} is served only where the environment declares its group`, () => {
    const [group = ''] = apiVersion.split('/');
    assert.match(only(named(apiVersion, 'Any')), `apiVersion: kind has no API group ${group}: `);
    none(named(apiVersion, 'Any'), { apis: [group] });
  });
}

test('a claim without a class takes the default one, where there is one', () => {
  none(claim('{ accessModes: [ReadWriteOnce] }'));
  assert.match(
    only(claim('{ accessModes: [ReadWriteOnce] }'), {
      storageClasses: [{ name: 'standard', accessModes: ['ReadWriteOnce'] }],
    }),
    'spec.storageClassName: the claim names no storage class and kind has no default one: it would stay Pending',
  );
});

test('a claim of a class that is not there is found, with the nearest', () => {
  none(claim('{ storageClassName: shared, accessModes: [ReadWriteMany] }'));
  assert.match(
    only(claim('{ storageClassName: sharde }')),
    'spec.storageClassName: kind has no storage class sharde (did you mean "shared"?)',
  );
});

test('a claim in a way that its class cannot be mounted is found', () => {
  assert.match(
    only(claim('{ accessModes: [ReadWriteMany] }')),
    'spec.accessModes: storage class standard of kind gives ReadWriteOnce, not ReadWriteMany',
  );
});

test('each claim template of a StatefulSet is a claim', () => {
  const spec = `
  volumeClaimTemplates:
    - spec: { accessModes: [ReadWriteOnce] }
    - spec: { storageClassName: ssd }
`;
  assert.match(
    only(named('apps/v1', 'StatefulSet', `spec:${spec}`)),
    'spec.volumeClaimTemplates[1].spec.storageClassName: kind has no storage class ssd',
  );
  none(named('apps/v1', 'StatefulSet', 'spec: {}\n'));
});

test('an Ingress is served by a class that the environment has', () => {
  none(ingress('{ ingressClassName: traefik }'));
  assert.match(only(ingress('{ ingressClassName: nginx }')), 'has the ingress classes traefik, not nginx');
  assert.match(only(ingress('{}')), 'not one for an Ingress that names none');
  assert.match(
    only(ingress('{ ingressClassName: nginx }'), { ingressClasses: [] }),
    'has the ingress classes none',
  );
});

test('a load balancer is given only where there are any', () => {
  assert.match(only(service('{ type: LoadBalancer }')), 'spec.type: kind gives no load balancers');
  none(service('{ type: LoadBalancer }'), { loadBalancers: true });
});

test('a NodePort lies in the range, its ends included', () => {
  none(service('{ type: NodePort, ports: [{ nodePort: 30000 }, { nodePort: 32767 }, { port: 1 }] }'));
  assert.match(
    only(service('{ type: NodePort, ports: [{ nodePort: 30000 }, { nodePort: 32768 }] }')),
    'spec.ports[1].nodePort: 32768 lies outside 30000-32767',
  );
});

test('an object whose spec is empty is left to the schema, not stumbled over', () => {
  for (const kind of ['PersistentVolumeClaim', 'StatefulSet', 'Service', 'Ingress']) {
    findings(rule, named('v1', kind));
    findings(rule, named('v1', kind, 'spec:\n'));
  }
});

test.run();
