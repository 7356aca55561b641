import { own } from '../own.ts';
import { dataSourceNames } from './data-source-names.ts';
import { isHostName, label, portOf } from './host-names.ts';
import { unknown, withoutPlaceholders } from './placeholders.ts';

/** A network address that some text tells its reader to talk to. */
export interface Address {
  readonly host: string;
  /** Undefined where the text names a host alone. */
  readonly port: number | undefined;
  readonly scheme: string | undefined;
  /** The address as it is written. */
  readonly text: string;
  /**
   * How sure it is that this is an address: `told` by its form (a URL, `host:port` as a whole value, a flag or a command that
   * takes one), or `likely`, where only a name that is near enough to a real one makes it one.
   */
  readonly certainty: 'told' | 'likely';
  /** True where the port is the scheme's or the client's own, and the text names none. */
  readonly portImplied?: true;
  /** True for a name that is only looked up, as `nslookup` does: nothing is connected to. */
  readonly lookup?: true;
}

/** Ports that a scheme stands for when its URL names none. */
const schemePorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  redis: 6379,
  rediss: 6379,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  mariadb: 3306,
  mongodb: 27017,
  amqp: 5672,
  amqps: 5671,
  nats: 4222,
  spark: 7077,
  ldap: 389,
  ldaps: 636,
  memcached: 11211,
  pulsar: 6650,
};

/** Schemes that name no host to connect to, or a store that the cluster does not run. */
const noNetwork = new Set(
  (
    'file classpath data blob s3 s3a s3n gs gcs abfs abfss wasb wasbs azblob jar unix unixgram passthrough about urn arn mailto tel ' +
    'local oci docker docker-daemon docker-archive containerd git secret vault env kubernetes k8s spiffe npipe config ' +
    'aws-kms gcp-kms azure-kms awssm ssm op sops pkcs11 chrome app repo pvc hf model'
  ).split(' '),
);

/** Every address in the form of a URL; a list of hosts behind one scheme gives one each. */
export function urls(written: string): Address[] {
  const found: Address[] = [];
  if (!written.includes('://') && !written.includes('jdbc:')) return found;
  const text = withoutPlaceholders(written);
  // A list of whole URLs is cut where the next one begins.
  for (const match of text.matchAll(
    /(?<![\w.+-])([a-z][a-z0-9+.-]*):\/\/((?:(?!,\s*[a-z][a-z0-9+.-]*:\/\/)[^\s"'<>\\`;)}\]|])+)/gi,
  )) {
    const [whole, name = '', rest = ''] = match;
    const scheme = name.toLowerCase();
    // gRPC's way to name a resolver: `dns:///host:port`.
    const target = scheme === 'dns' ? rest.replace(/^[^/]*\//, '') : rest;
    if (noNetwork.has(scheme)) continue;
    const authority = target.split(/[/?#]/)[0] ?? '';
    const hosts = authority.slice(authority.lastIndexOf('@') + 1);
    for (const part of hosts.split(',')) {
      const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(part.toLowerCase()) ?? [];
      if (!isHostName(host)) continue;
      const known = own(schemePorts, scheme);
      const told = portOf(port);
      found.push({
        host,
        port: told ?? known,
        scheme,
        text: shownOf(whole),
        certainty: 'told',
        ...(told === undefined && known !== undefined ? { portImplied: true as const } : {}),
      });
    }
  }
  // Oracle's thin driver and SQL Server's instances write no authority.
  for (const [whole, host = '', port] of text.matchAll(/\bjdbc:oracle:thin:@(?:\/\/)?([a-z0-9.-]+):(\d+)/g)) {
    if (isHostName(host)) {
      found.push({ host, port: portOf(port), scheme: 'oracle', text: whole, certainty: 'told' });
    }
  }
  return found;
}

/** A URL as reports may show it: without the password that it may hold. */
function shownOf(url: string): string {
  return url.replace(/:\/\/\S*@/, '://…@').replaceAll(unknown, '…');
}

const hostPort = new RegExp(`^(${label}(?:\\.${label})*):(\\d{1,5})$`);

/** Ports below 1024 that servers have; another small number after a colon is an id, a tag or a share of something. */
const smallPorts = new Set([
  21, 22, 23, 25, 53, 80, 88, 110, 111, 123, 143, 161, 179, 389, 443, 445, 465, 514, 548, 554, 587, 601, 623,
  631, 636, 873, 989, 990, 993, 995,
]);

/** A value that is nothing but `host:port`, or a list of them, as broker lists are. */
export function addressList(value: string): Address[] {
  const parts = value
    .trim()
    .split(/[\s,;]+/)
    .filter((part) => part !== '');
  const found: Address[] = [];
  for (const part of parts) {
    // ZooKeeper appends a path to the last server: `a:2181,b:2181/kafka`; KRaft puts a voter's id before it: `0@a:9093`.
    const match = hostPort.exec(part.replace(/\/[\w/-]*$/, '').replace(/^\d+@/, ''));
    const port = portOf(match?.[2]);
    // `node:24` and `postgres:17` are images.
    if (match === null || port === undefined || port < 20 || !isHostName(match[1] ?? '')) return [];
    const certainty = port >= 1024 || smallPorts.has(port) ? 'told' : 'likely';
    found.push({ host: match[1] ?? '', port, scheme: undefined, text: part, certainty });
  }
  return found;
}

/** Addresses in a whole value: of an environment variable, a configuration key, one argument. */
export function addressesInValue(value: string): Address[] {
  // A member of a ZooKeeper ensemble: `host:peer port:election port;client address`.
  const member = /^([a-z0-9.-]+):(\d+):(\d+)(?::\w+)?(?:;\S*)?$/.exec(value.trim());
  if (member !== null && isHostName(member[1] ?? '')) {
    return [member[2], member[3]].map((port) => ({
      host: member[1] ?? '',
      port: portOf(port),
      scheme: undefined,
      text: `${member[1]}:${port}`,
      certainty: 'told',
    }));
  }
  const found = urls(value);
  if (found.length > 0) return found;
  const named = dataSourceNames(withoutPlaceholders(value), isHostName);
  return named.length > 0 ? named : addressList(value);
}

/** Each address once: the surest way in which it is told. */
export function unique(addresses: readonly Address[]): Address[] {
  const found = new Map<string, Address>();
  for (const address of addresses) {
    const key = `${address.host}:${address.port}`;
    const before = found.get(key);
    if (before === undefined || (before.certainty === 'likely' && address.certainty === 'told')) {
      found.set(key, address);
    }
  }
  return [...found.values()];
}
