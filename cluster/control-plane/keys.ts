import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from '../inside/command.ts';
import { addresses } from '../layout.ts';

/** Who has a certificate, and for what. */
interface Identity {
  /** As openssl takes it: `/O=system:masters/CN=admin`. */
  readonly subject: string;
  /** As openssl takes them: `IP:127.0.0.1,DNS:localhost`. */
  readonly names?: string;
  readonly use: 'clientAuth' | 'serverAuth' | 'clientAuth,serverAuth';
}

const inCluster = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
const serverNames = [
  ...['127.0.0.1', addresses.node, addresses.apiService].map((address) => `IP:${address}`),
  ...['localhost', ...inCluster, 'kubernetes.default.svc.cluster.local'].map((name) => `DNS:${name}`),
].join(',');

/** Every identity but the node's; the file names of its certificate and key are `<name>.crt` and `<name>.key`. */
const identities = {
  apiserver: { subject: '/CN=kube-apiserver', names: serverNames, use: 'serverAuth' },
  admin: { subject: '/O=system:masters/CN=admin', use: 'clientAuth' },
  'apiserver-to-kubelet': {
    subject: '/O=system:masters/CN=kube-apiserver-kubelet-client',
    use: 'clientAuth',
  },
  'front-proxy': { subject: '/CN=front-proxy-client', use: 'clientAuth' },
  'controller-manager': { subject: '/CN=system:kube-controller-manager', use: 'clientAuth' },
  scheduler: { subject: '/CN=system:kube-scheduler', use: 'clientAuth' },
  proxy: { subject: '/CN=system:kube-proxy', use: 'clientAuth' },
} as const satisfies Record<string, Identity>;

export type IdentityName = keyof typeof identities | 'node';

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const days = '365';

/** Makes a certificate authority, a certificate for everyone, and the key of ServiceAccounts, unless they are there. */
export async function makeKeys(folder: string, nodeName: string): Promise<void> {
  const done = join(folder, 'complete');
  if (existsSync(done)) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const at = (name: string) => join(folder, name);
  const authority = ['-subj', '/CN=plumbline', '-keyout', at('ca.key'), '-out', at('ca.crt')];
  await must(['openssl', 'req', '-x509', ...curve, '-days', days, ...authority]);
  const node: Identity = {
    subject: `/O=system:nodes/CN=system:node:${nodeName}`,
    names: `IP:${addresses.node},DNS:${nodeName}`,
    use: 'clientAuth,serverAuth',
  };
  for (const [name, identity] of Object.entries({ ...identities, node })) {
    await makeCertificate(folder, name, identity);
  }
  await must(['openssl', 'genrsa', '-out', at('service-accounts.key'), '2048']);
  await must([
    ...(['openssl', 'rsa', '-pubout'] as const),
    ...['-in', at('service-accounts.key'), '-out', at('service-accounts.pub')],
  ]);
  await writeFile(done, '');
}

async function makeCertificate(folder: string, name: string, identity: Identity): Promise<void> {
  const at = (suffix: string) => join(folder, `${name}.${suffix}`);
  const { subject, names, use } = identity;
  await must(['openssl', 'req', ...curve, '-subj', subject, '-keyout', at('key'), '-out', at('csr')]);
  const extensions = [`extendedKeyUsage=${use}`, ...(names === undefined ? [] : [`subjectAltName=${names}`])];
  await writeFile(at('ext'), `${extensions.join('\n')}\n`);
  const authority = ['-CA', join(folder, 'ca.crt'), '-CAkey', join(folder, 'ca.key'), '-CAcreateserial'];
  await must([
    ...(['openssl', 'x509', '-req', '-in', at('csr'), ...authority] as const),
    ...['-days', days, '-out', at('crt'), '-extfile', at('ext')],
  ]);
}

/**
 * A kubeconfig with the keys inside it, as JSON, which is YAML.
 * @param server `https://10.99.0.2:6443`
 */
export async function kubeconfig(
  folder: string,
  identity: IdentityName,
  server: string,
  context: string,
): Promise<string> {
  const base64 = async (file: string) => (await readFile(join(folder, file))).toString('base64');
  const [authority, certificate, key] = await Promise.all(
    ['ca.crt', `${identity}.crt`, `${identity}.key`].map(base64),
  );
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    clusters: [{ name: context, cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: context, user: { 'client-certificate-data': certificate, 'client-key-data': key } }],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
