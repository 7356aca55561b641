import type { KubernetesObject } from '../../render/objects.ts';
import type { ClusterSpec } from './spec.ts';

/** A Secret that CloudNativePG makes. */
interface MadeSecret {
  readonly name: string;
  readonly keys: readonly string[];
  /** The field of the cluster that it is about. */
  readonly path: string;
}

const login = [
  ...['username', 'user', 'password', 'dbname', 'host', 'port', 'pgpass'],
  ...['uri', 'fqdn-uri', 'jdbc-uri', 'fqdn-jdbc-uri'],
];

/** The Secrets of a `Cluster`: logins that it is not given, and its own authority's certificates. */
export function secretsOfCluster({ metadata, spec: given }: KubernetesObject): MadeSecret[] {
  const spec = (given ?? {}) as ClusterSpec;
  const { name } = metadata;
  const { bootstrap = {}, certificates = {} } = spec;
  // Another bootstrap than initdb brings its logins with its data.
  const makesLogin = bootstrap.initdb !== undefined || Object.keys(bootstrap).length === 0;
  const secret = (suffix: string, keys: readonly string[], path: string, isMade: boolean): MadeSecret[] =>
    isMade ? [{ name: `${name}-${suffix}`, keys, path }] : [];
  const certificate = ['tls.crt', 'tls.key'];
  return [
    ...secret('app', login, 'spec.bootstrap', makesLogin && bootstrap.initdb?.secret === undefined),
    ...secret(
      'superuser',
      login,
      'spec.enableSuperuserAccess',
      spec.enableSuperuserAccess === true && spec.superuserSecret === undefined,
    ),
    ...secret('ca', ['ca.crt', 'ca.key'], 'spec', certificates.serverCASecret === undefined),
    ...secret('server', certificate, 'spec', certificates.serverTLSSecret === undefined),
    ...secret('replication', certificate, 'spec', certificates.replicationTLSSecret === undefined),
  ];
}
