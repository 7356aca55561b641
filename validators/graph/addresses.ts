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
  'file classpath data s3 s3a s3n gs abfs abfss wasb wasbs jar unix about urn arn mailto local oci docker git secret vault env local'.split(
    ' ',
  ),
);

const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const hostPattern = new RegExp(`^${label}(?:\\.${label})*\\.?$`);

/** True for what DNS could hold: lower-case labels with a letter in them, or localhost; not a number, not an IP. */
export function isHostName(text: string): boolean {
  return text.length <= 253 && hostPattern.test(text) && /[a-z]/.test(text);
}

/** True for an IPv4 or IPv6 address. */
export function isIpAddress(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) || /^\[?[0-9a-f]*:[0-9a-f:.]*\]?$/i.test(text);
}

function portOf(text: string | undefined): number | undefined {
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port <= 65535 ? port : undefined;
}

/** Every address in the form of a URL; a list of hosts behind one scheme gives one each. */
function urls(text: string): Address[] {
  const found: Address[] = [];
  for (const match of text.matchAll(/\b([a-z][a-z0-9+.-]*):\/\/([^\s"'<>\\`;)}\]|]+)/gi)) {
    const [whole, scheme = '', rest = ''] = match;
    if (noNetwork.has(scheme.toLowerCase())) continue;
    const authority = rest.split(/[/?#]/)[0] ?? '';
    const hosts = authority.slice(authority.lastIndexOf('@') + 1);
    for (const part of hosts.split(',')) {
      if (part.includes('://')) continue;
      const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(part) ?? [];
      if (!isHostName(host)) continue;
      const known = schemePorts[scheme.toLowerCase()];
      found.push({
        host,
        port: portOf(port) ?? known,
        scheme: scheme.toLowerCase(),
        text: whole,
        certainty: 'told',
      });
    }
  }
  return found;
}

const hostPort = new RegExp(`^(${label}(?:\\.${label})*):(\\d{1,5})$`);

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
    if (match === null || port === undefined || !isHostName(match[1] ?? '')) return [];
    found.push({ host: match[1] ?? '', port, scheme: undefined, text: part, certainty: 'told' });
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
  return addressList(value);
}

/** `-h host`, `--host=host`, and the port flags that go with them, in a command line's words. */
function clientFlags(words: readonly string[]): Address[] {
  let host: string | undefined;
  let port: number | undefined;
  for (const [index, word] of words.entries()) {
    const [flag = '', inline] = word.startsWith('--') && word.includes('=') ? splitOnce(word, '=') : [word];
    const value = inline ?? words[index + 1] ?? '';
    if ((flag === '--host' || flag === '-h') && isHostName(value)) host = value;
    if (flag === '--port' || flag === '-p' || flag === '-P') port = portOf(value) ?? port;
  }
  return host === undefined ? [] : [{ host, port, scheme: undefined, text: host, certainty: 'told' }];
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

/** Commands whose words of the form `name:number` are owners, not addresses. */
const owners = new Set(['chown', 'chgrp', 'install', 'setpriv', 'gosu', 'su-exec', 'runuser']);

/** The program that a simple command runs, without its folder and what goes before it. */
function programOf(words: readonly string[]): string {
  const skipped = new Set([
    'exec',
    'sudo',
    'env',
    'until',
    'while',
    'if',
    'then',
    'do',
    '!',
    'time',
    'nohup',
    'timeout',
    '-k',
  ]);
  const word = words.find(
    (candidate) => !skipped.has(candidate) && !/^[A-Z_]+=/.test(candidate) && !/^\d+[smh]?$/.test(candidate),
  );
  return word?.split('/').at(-1) ?? '';
}

/** Addresses in a shell command line or script: URLs, `nc host port`, client flags, words of the form host:port. */
export function addressesInScript(script: string): Address[] {
  const found: Address[] = [];
  const text = script.replaceAll(/\\\n/g, ' ');
  for (const line of text.split('\n')) {
    if (/^\s*#/.test(line)) continue;
    for (const simple of line.split(/&&|\|\||[;|&(){}]|\bdo\b|\bthen\b/)) {
      const words = simple
        .trim()
        .split(/\s+/)
        .map((word) => word.replace(/^["'`$]+|["'`]+$/g, ''))
        .filter((word) => word !== '');
      found.push(...addressesInCommand(words));
    }
  }
  return unique(found);
}

/** Addresses in one simple command, given as its words. */
export function addressesInCommand(words: readonly string[]): Address[] {
  const program = programOf(words);
  if (owners.has(program)) return [];
  const found = words.flatMap((word) => urls(word));
  const plain = words.filter((word) => !word.startsWith('-'));
  const own = plain.findIndex((word) => word.split('/').at(-1) === program);
  const operands = plain.slice(own + 1);
  if (['nc', 'ncat', 'netcat', 'telnet'].includes(program) || program === 'cqlsh') {
    const [host = '', port] = operands.filter((word) => isHostName(word) || /^\d+$/.test(word)).slice(-2);
    const number = portOf(port);
    if (isHostName(host) && number !== undefined) {
      return [
        ...found,
        { host, port: number, scheme: undefined, text: `${host} ${port}`, certainty: 'told' },
      ];
    }
  }
  if (['curl', 'wget'].includes(program)) {
    for (const operand of operands) {
      const [, host = '', port] = /^([a-z0-9.-]+)(?::(\d+))?(?:\/.*)?$/.exec(operand) ?? [];
      if (isHostName(host) && (port !== undefined || host.includes('.'))) {
        found.push({ host, port: portOf(port) ?? 80, scheme: 'http', text: operand, certainty: 'told' });
      }
    }
  }
  const flags = clientFlags(words);
  if (flags.length > 0) return [...found, ...flags];
  for (const [index, word] of words.entries()) {
    if (word.includes('://')) continue;
    const assigned = /^-{0,2}[\w.-]+=(.+)$/.exec(word)?.[1];
    const told =
      assigned !== undefined || (words[index - 1] ?? '').startsWith('-') || program.startsWith('wait-for');
    for (const address of addressList(assigned ?? word)) {
      found.push({ ...address, certainty: told ? 'told' : 'likely' });
    }
  }
  return unique(found);
}

/** Each address once. */
export function unique(addresses: readonly Address[]): Address[] {
  return [
    ...new Map(
      addresses.map((address) => [`${address.host}:${address.port}:${address.scheme}`, address]),
    ).values(),
  ];
}
