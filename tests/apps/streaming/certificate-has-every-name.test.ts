import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './rig.ts';

const { model } = await renderSystem(root, kustomize, 'production', 'streaming');
const objects = model.objects;
const text = JSON.stringify(objects);

/** As RFC 6125 has it: an asterisk stands for the first label and no more. */
const covers = (name: string, host: string): boolean =>
  name === host || (name.startsWith('*.') && host.slice(host.indexOf('.')) === name.slice(1));

/** A host that holds variables of a broker's pod, as each of five brokers has it. */
const ofBrokers = (host: string): string[] =>
  [0, 1, 2, 3, 4].map((id) =>
    host
      .replace('$(POD_NAME)', `kafka-${id}`)
      .replace('$(BROKER_ID)', String(id))
      .replace('$(POD_NAMESPACE)', 'streaming'),
  );

test("the brokers' certificate has every name that they tell, and by which they are asked", () => {
  const certificate = objects.find(
    ({ kind, metadata }) => kind === 'Certificate' && metadata.name === 'kafka-tls',
  );
  assert.ok(certificate, 'a Certificate kafka-tls');
  const { dnsNames } = certificate.spec as { readonly dnsNames: readonly string[] };
  const asked = [...text.matchAll(/([\w.$()-]+):909[124]\b/g)].map(([, host = '']) => host);
  const outside = [...text.matchAll(/"external-dns[^"]*hostname":"([^"]+)"/g)].map(([, host = '']) => host);
  const hosts = new Set([...asked.filter((host) => host !== '$(POD_IP)'), ...outside].flatMap(ofBrokers));
  assert.ok(hosts.size >= 13, [...hosts].join());
  const lacking = [...hosts].filter((host) => !dnsNames.some((name) => covers(name, host)));
  assert.equal(lacking, []);
});

test.run();
