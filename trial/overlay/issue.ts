import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildModel, type KubernetesObject, run } from '@plumbline/validators';
import type { System } from './system.ts';

/** A system with its Secrets, which in a cluster cert-manager and external-secrets make of its objects. */
export interface Issued {
  readonly system: System;
  /** A value of a Secret. @throws Error for one that is not there. */
  readonly secret: (name: string, key: string) => string;
  /** Signs a Certificate again, with a new key: the files that a renewed Secret has. */
  readonly renew: (certificate: string) => Promise<ReadonlyMap<string, string>>;
  /** Key and certificate of somebody whom nobody vouches for. */
  readonly selfSigned: (commonName: string) => Promise<string>;
}

export interface IssueOptions {
  /** An empty folder for keys. */
  readonly folder: string;
  /** What the store of secrets has, by `key/property`. */
  readonly store: Readonly<Record<string, string>>;
}

interface CertificateSpec {
  readonly secretName: string;
  readonly commonName?: string;
  readonly dnsNames?: readonly string[];
  readonly isCA?: boolean;
  readonly duration?: string;
  readonly usages?: readonly string[];
  readonly privateKey?: { readonly encoding?: string };
  readonly additionalOutputFormats?: readonly { readonly type: string }[];
  readonly issuerRef: { readonly kind?: string; readonly name: string };
}

interface IssuerSpec {
  readonly selfSigned?: object;
  readonly ca?: { readonly secretName: string };
}

interface ExternalSecretSpec {
  readonly target: { readonly name: string; readonly template?: { readonly data: Record<string, string> } };
  readonly data: readonly {
    readonly secretKey: string;
    readonly remoteRef: { readonly key: string; readonly property: string };
  }[];
}

/** A Secret's files. */
type Files = ReadonlyMap<string, string>;

/**
 * Makes the Secrets of every ExternalSecret, and of every Certificate that an Issuer of the system itself signs, as the
 * objects ask for them. What a client asks for by a name of the cluster leads to loopback here, so every certificate of
 * a server is for that address too.
 */
export async function issue(system: System, options: IssueOptions): Promise<Issued> {
  const { objects } = system.model;
  await mkdir(options.folder, { recursive: true });
  const issuers = new Map(
    objects
      .filter(({ kind }) => kind === 'Issuer')
      .map((object) => [object.metadata.name, object.spec as unknown as IssuerSpec]),
  );
  const certificates = objects
    .filter(({ kind }) => kind === 'Certificate')
    .map((object) => ({ object, spec: object.spec as unknown as CertificateSpec }))
    .filter(({ spec }) => spec.issuerRef.kind === 'Issuer');
  const made = new Map<string, Files>();
  const waiting = [...certificates];
  const authorityOf = ({ issuerRef }: CertificateSpec): Files | 'itself' | undefined => {
    const issuer = issuers.get(issuerRef.name);
    if (issuer?.selfSigned !== undefined) return 'itself';
    return made.get(issuer?.ca?.secretName ?? '');
  };
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ spec }) => authorityOf(spec) !== undefined);
    const [certificate] = waiting.splice(next, next < 0 ? 0 : 1);
    if (certificate === undefined)
      throw new Error(`nobody signs ${waiting.map(({ object }) => object.metadata.name).join(', ')}`);
    const { spec } = certificate;
    made.set(spec.secretName, await sign(spec, authorityOf(spec) ?? 'itself', options.folder));
  }
  const external = objects.filter(({ kind }) => kind === 'ExternalSecret');
  for (const object of external) {
    const spec = object.spec as unknown as ExternalSecretSpec;
    made.set(spec.target.name, fetchSecret(spec, options.store));
  }
  const replaced = new Set<KubernetesObject>([...certificates.map(({ object }) => object), ...external]);
  const namespace = certificates[0]?.object.metadata.namespace ?? external[0]?.metadata.namespace ?? '';
  const secrets = [...made].map(([name, files]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    stringData: Object.fromEntries(files),
  }));
  const rest = objects.filter((object) => !replaced.has(object));
  return {
    system: { ...system, model: buildModel([...rest, ...secrets] as KubernetesObject[]) },
    secret(name, key) {
      const value = made.get(name)?.get(key);
      if (value === undefined) throw new Error(`there is no ${key} in a Secret ${name}`);
      return value;
    },
    async renew(name) {
      const found = certificates.find(({ object }) => object.metadata.name === name);
      const authority = found === undefined ? undefined : authorityOf(found.spec);
      if (found === undefined || authority === undefined) throw new Error(`there is no Certificate ${name}`);
      return sign(found.spec, authority, options.folder);
    },
    async selfSigned(commonName) {
      const spec = {
        secretName: 'stranger',
        commonName,
        privateKey: { encoding: 'PKCS8' },
        issuerRef: { name: '' },
      };
      const files = await sign({ ...spec, usages: ['client auth'] }, 'itself', options.folder);
      return `${files.get('tls.key')}${files.get('tls.crt')}`;
    },
  };
}

function fetchSecret({ target, data }: ExternalSecretSpec, store: IssueOptions['store']): Files {
  const fetched = new Map(
    data.map(({ secretKey, remoteRef: { key, property } }) => {
      const value = store[`${key}/${property}`];
      if (value === undefined) throw new Error(`the store has no ${property} of ${key}`);
      return [secretKey, value];
    }),
  );
  if (target.template === undefined) return fetched;
  const value = (name: string) => fetched.get(name) ?? '';
  return new Map(
    Object.entries(target.template.data).map(([key, template]) => [
      key,
      template
        .replaceAll(/\{\{ \.(\w+) \}\}/g, (_, name: string) => value(name))
        .replaceAll(/\{\{ \.(\w+) \| quote \}\}/g, (_, name: string) => JSON.stringify(value(name))),
    ]),
  );
}

/** A usage as cert-manager calls it, and as openssl does. */
const extended: Readonly<Record<string, string>> = {
  'server auth': 'serverAuth',
  'client auth': 'clientAuth',
};

async function sign(spec: CertificateSpec, authority: Files | 'itself', folder: string): Promise<Files> {
  const at = (suffix: string) => join(folder, `${spec.secretName}.${suffix}`);
  await openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', at('key')]);
  // cert-manager's own default is the older form.
  if (spec.privateKey?.encoding !== 'PKCS8') await openssl(['ec', '-in', at('key'), '-out', at('key')]);
  const { dnsNames = [], usages = [], isCA = false } = spec;
  const names = dnsNames.length === 0 ? [] : [...dnsNames.map((name) => `DNS:${name}`), 'IP:127.0.0.1'];
  const uses = usages.flatMap((usage) => extended[usage] ?? []);
  const extensions = [
    `basicConstraints=critical,CA:${isCA ? 'TRUE' : 'FALSE'}`,
    ...(uses.length === 0 ? [] : [`extendedKeyUsage=${uses.join()}`]),
    ...(names.length === 0 ? [] : [`subjectAltName=${names.join()}`]),
  ];
  await writeFile(at('ext'), `${extensions.join('\n')}\n`);
  await openssl([
    'req',
    '-new',
    '-key',
    at('key'),
    '-subj',
    `/CN=${spec.commonName ?? ''}`,
    '-out',
    at('csr'),
  ]);
  const days = Math.floor(Number.parseInt(spec.duration ?? '2160h', 10) / 24);
  const as = ['-days', String(days), '-extfile', at('ext'), '-in', at('csr'), '-out', at('crt')];
  if (authority === 'itself') await openssl(['x509', '-req', '-signkey', at('key'), ...as]);
  else {
    await writeFile(at('ca.crt'), authority.get('tls.crt') ?? '');
    await writeFile(at('ca.key'), authority.get('tls.key') ?? '');
    await openssl(['x509', '-req', '-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial', ...as]);
  }
  const [key, certificate] = [await readFile(at('key'), 'utf8'), await readFile(at('crt'), 'utf8')];
  const combined = spec.additionalOutputFormats?.some(({ type }) => type === 'CombinedPEM') ?? false;
  return new Map([
    ['tls.key', key],
    ['tls.crt', certificate],
    ['ca.crt', authority === 'itself' ? certificate : (authority.get('tls.crt') ?? '')],
    ...(combined ? [['tls-combined.pem', `${key}${certificate}`] as const] : []),
  ]);
}

async function openssl(args: readonly string[]): Promise<void> {
  const { status, stderr } = await run('openssl', args, { deadline: 30_000 });
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr.trim()}`);
}
