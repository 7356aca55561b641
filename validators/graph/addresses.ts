import { own } from '../own.ts';
import { remember } from '../text/remember.ts';
import { dataSourceNames } from './data-source-names.ts';

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

/** Words that stand before a colon and a number without being a host. */
const notHosts = new Set(
  'tcp udp sctp http https grpc ws port unix true false null none yes no on off nil undefined'.split(' '),
);

/** Words that are a setting's value by themselves: a variable that ends in HOST or MASTER may hold one. */
const notNames = new Set([
  ...notHosts,
  ...'local auto default all any self enabled disabled static dynamic master slave primary replica standalone cluster yarn mesos'.split(
    ' ',
  ),
]);

const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const hostPattern = new RegExp(`^${label}(?:\\.${label})*\\.?$`);

/** True for what DNS could hold: lower-case labels with a letter in them, or localhost; not a number, not an IP. */
export function isHostName(text: string): boolean {
  return text.length <= 253 && hostPattern.test(text) && /[a-z]/.test(text) && !notHosts.has(text);
}

/** True for a bare word that names a host; words that are settings by themselves do not. */
export function isBareHost(text: string): boolean {
  return isHostName(text) && !notNames.has(text);
}

/** True for an IPv4 or IPv6 address. */
export function isIpAddress(text: string): boolean {
  return (
    /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) ||
    /^\[?(?=.*:.*:)[0-9a-f:]*(?:\d{1,3}(?:\.\d{1,3}){3})?\]?$/i.test(text)
  );
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port > 0 && port <= 65535 ? port : undefined;
}

/**
 * Stands for a part that only run time knows: a variable, a template. It never is a part of a host name, and it may be
 * a user, a password or a path.
 */
const unknown = '\uE000';

/** A text with what only run time knows taken out: `$(NAME)`, `${NAME}`, `{{ name }}`, `$name`, `<name>`. */
function withoutPlaceholders(text: string, keepVariables = false): string {
  const bare = text
    .replaceAll(/\$?\{\{[^{}]*\}\}/g, unknown)
    .replaceAll(keepVariables ? /\$\{[^{}]*[^\w{}][^{}]*\}/g : /\$\{[^{}]*\}/g, unknown)
    .replaceAll(/\$\((?:[\w.-]*|\s*cat\s[^()]*)\)/g, unknown)
    .replaceAll(/<[A-Za-z_][\w-]*>/g, unknown)
    .replaceAll(/\$(?:request_uri|uri|is_args|args|query_string|document_uri)\b/g, '/');
  return keepVariables ? bare : bare.replaceAll(/\$[A-Za-z_]\w*/g, unknown);
}

/** Every address in the form of a URL; a list of hosts behind one scheme gives one each. */
function urls(written: string): Address[] {
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

/** Words of a setting's name, in lower case: `spring.datasource.url`, `DB_HOST`, `baseUrl`, `--bootstrap-server`. */
export const wordsOf: (name: string) => readonly string[] = remember(
  (name) =>
    name
      .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== ''),
  (name) => (name.length > 200 ? undefined : name),
);

/** Words of a setting's name that say that its value is nothing to connect to, whatever it looks like. */
const elsewhereWords = new Set(
  (
    'image images version tag listen listener listeners bind advertise advertised cors origin origins allowed public issuer ' +
    'audience runbook description summary doc docs documentation homepage help support xmlns href callback redirect ' +
    'license copyright referer referrer realm logo icon title message note notes comment'
  ).split(' '),
);

/** Ends of a name that say the same together: an application's own address, as browsers know it. */
const ownAddress =
  /^\$schema$|(?:external|root|site|canonical|web)[_.-]?(?:url|uri)$|service[_.-]?name$|server[_.-]name$/i;

/** True for a setting whose value is no address to connect to: an image, a listener, a link for people. */
export function isNoDestination(name: string): boolean {
  return ownAddress.test(name) || wordsOf(name).some((word) => elsewhereWords.has(word));
}

/** Words of a name whose `word:number` is a user and a password, or an owner. */
const credentialWords = new Set(
  'auth user users username password pass passwd secret token credentials credential login key uid gid owner'.split(
    ' ',
  ),
);

/** True for a setting that may hold `name:number` without meaning a host. */
export function isCredential(name: string): boolean {
  return wordsOf(name).some((word) => credentialWords.has(word));
}

/** The port that a client takes when it is told none. Only of these does `-h` name a host. */
const clients: Readonly<Record<string, number>> = {
  psql: 5432,
  pg_isready: 5432,
  pg_dump: 5432,
  pg_dumpall: 5432,
  pg_restore: 5432,
  pg_basebackup: 5432,
  pg_rewind: 5432,
  createdb: 5432,
  dropdb: 5432,
  mysql: 3306,
  mysqladmin: 3306,
  mysqldump: 3306,
  mysqlshow: 3306,
  mariadb: 3306,
  'mariadb-admin': 3306,
  'mariadb-dump': 3306,
  'redis-cli': 6379,
  'valkey-cli': 6379,
  mongo: 27017,
  mongosh: 27017,
  mongodump: 27017,
  nodetool: 7199,
  'clickhouse-client': 9000,
  ldapsearch: 389,
  mosquitto_pub: 1883,
  mosquitto_sub: 1883,
};

/** `-h host`, `--host=host`, and the port flags that go with them, in a command line's words. */
function clientFlags(program: string, words: readonly string[]): Address[] {
  const isClient = Object.hasOwn(clients, program);
  const short = isClient ? (/^(?:mysql|maria)/.test(program) ? ['-P'] : ['-p', '-P']) : [];
  let host: string | undefined;
  let port: number | undefined;
  for (const [index, word] of words.entries()) {
    const [flag = '', inline] = word.startsWith('--') && word.includes('=') ? splitOnce(word, '=') : [word];
    const value = inline ?? words[index + 1] ?? '';
    if ((flag === '--host' || (flag === '-h' && isClient)) && isBareHost(value)) host = value;
    // MySQL's clients take `-hmysql` too.
    const joined = isClient ? /^-h([a-z0-9.-]+)$/.exec(word)?.[1] : undefined;
    if (joined !== undefined && isBareHost(joined)) host = joined;
    if (flag === '--port' || short.includes(flag)) port = portOf(value) ?? port;
  }
  if (host === undefined) return [];
  const known = own(clients, program);
  const implied = port === undefined && known !== undefined ? { portImplied: true as const } : {};
  return [{ host, port: port ?? known, scheme: undefined, text: host, certainty: 'told', ...implied }];
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

/** Commands whose words of the form `name:number` are owners, not addresses. */
const owners = new Set(['chown', 'chgrp', 'install', 'setpriv', 'gosu', 'su-exec', 'runuser', 'usermod']);

/** Commands that talk about addresses, to people. */
const speakers = new Set([
  'echo',
  'printf',
  'log',
  'logger',
  ':',
  'true',
  'info',
  'warn',
  'error',
  'die',
  'fail',
]);

/** Commands that look a name up, and connect to nobody. */
const lookups = new Set(['nslookup', 'getent', 'dig', 'host', 'ping']);

/** The program that a simple command runs, without its folder and what goes before it. */
function programOf(words: readonly string[]): string {
  const skipped = new Set([
    'exec',
    'sudo',
    'env',
    'until',
    'while',
    'if',
    'elif',
    'then',
    'do',
    'else',
    '{',
    '}',
    '!',
    'time',
    'nohup',
    'timeout',
    'command',
    '-k',
    '-s',
    '-t',
  ]);
  const word = words.find(
    (candidate) =>
      !skipped.has(candidate) &&
      !/^[A-Za-z_]\w*=/.test(candidate) &&
      !/^\d+(?:\.\d+)?[smhd]?$/.test(candidate),
  );
  return word?.split('/').at(-1) ?? '';
}

/** A script's text without its here-documents, and their lines: a shell only hands those on. */
function withoutHereDocuments(script: string): {
  readonly text: string;
  readonly handedOn: readonly string[];
} {
  const kept: string[] = [];
  const handedOn: string[] = [];
  let end: string | undefined;
  for (const line of script.replaceAll(/\\\n/g, ' ').split('\n')) {
    if (end !== undefined) {
      if (line.trim() === end) end = undefined;
      else if (!/^\s*(?:#|--|\/\/)/.test(line)) handedOn.push(line);
      continue;
    }
    end = /<<-?\s*["']?([A-Za-z_]\w*)["']?/.exec(line)?.[1];
    kept.push(line);
  }
  return { text: kept.join('\n'), handedOn };
}

/** The simple commands of a script, each as its words without their quotes; undefined where a quote is never closed. */
function commandsIn(script: string): string[][] | undefined {
  const commands: string[][] = [[]];
  let word: string | undefined;
  let quote = '';
  const endWord = () => {
    if (word !== undefined) commands.at(-1)?.push(word);
    word = undefined;
  };
  for (let at = 0; at < script.length; at += 1) {
    const character = script[at] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
      else if (character === '\\' && quote === '"' && /["\\$`]/.test(script[at + 1] ?? '')) {
        at += 1;
        word += script[at] ?? '';
      } else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '#' && word === undefined) {
      while (at + 1 < script.length && script[at + 1] !== '\n') at += 1;
    } else if (/[\n;&|()`]/.test(character)) {
      endWord();
      if (commands.at(-1)?.length !== 0) commands.push([]);
    } else if (/\s/.test(character)) endWord();
    else if (character === '\\') {
      at += 1;
      word = `${word ?? ''}${script[at] ?? ''}`;
    } else word = `${word ?? ''}${character}`;
  }
  if (quote !== '') return undefined;
  endWord();
  return commands;
}

/** Values that a script gives its own variables: `HOST=mysql`, `for host in a b; do`. */
function variablesOf(script: string): Map<string, string[]> {
  const variables = new Map<string, string[]>();
  for (const [, name = '', double, single, plain] of script.matchAll(
    /(?:^|[;&(\s])([A-Za-z_]\w*)=(?:"([^"$`]*)"|'([^']*)'|([^\s"'$`;&|()]+))(?=[\s;&|)]|$)/g,
  )) {
    const value = double ?? single ?? plain;
    if (value !== undefined && value !== '') variables.set(name, [value]);
  }
  for (const [, name = '', list = ''] of script.matchAll(/\bfor\s+([A-Za-z_]\w*)\s+in\s+([^;\n$`]+)/g)) {
    variables.set(
      name,
      list
        .trim()
        .split(/\s+/)
        .map((item) => item.replaceAll(/["']/g, '')),
    );
  }
  return variables;
}

/** A line once for each value of the script's own variables in it. */
function expanded(line: string, variables: ReadonlyMap<string, readonly string[]>): string[] {
  let lines = [line];
  for (const [name, values] of variables) {
    const use = new RegExp(`\\$(?:\\{${name}\\}|${name}\\b)`, 'g');
    if (!lines.some((one) => one.search(use) >= 0)) continue;
    lines = lines.flatMap((one) => values.slice(0, 16).map((value) => one.replaceAll(use, () => value)));
  }
  return lines.slice(0, 64);
}

/** Addresses in a shell command line or script: URLs, `nc host port`, client flags, words of the form host:port. */
export function addressesInScript(script: string): Address[] {
  const variables = variablesOf(script);
  const { text, handedOn } = withoutHereDocuments(script);
  const found = handedOn.flatMap((line) => expanded(line, variables).flatMap(urls));
  const whole = commandsIn(bareOf(text));
  // With a quote that is never closed, each line stands for itself.
  const commands =
    whole ?? text.split('\n').flatMap((line) => commandsIn(bareOf(line)) ?? [line.split(/\s+/)]);
  for (const words of commands) {
    for (const line of expanded(words.join(separator), variables)) {
      found.push(...addressesInCommand(line.split(separator)));
    }
  }
  return unique(found);
}

/** Keeps words apart while variables are filled in. */
const separator = '\uE001';

/** A script without what only run time knows and without what goes to other streams: neither ends a command. */
function bareOf(script: string): string {
  return withoutPlaceholders(script, true).replaceAll(/\d?>&[\d-]|&>{1,2}\s*\S+/g, ' ');
}

const shells = /^(?:(?:ba|da|a|z|k)?sh|su|runuser|eval)$/;

/** `('kafka', 9092)`, as Python and its likes name an address. */
const pair = /["']([a-z0-9.-]+)["']\s*,\s*(\d{2,5})\b/g;

/** Addresses in one simple command, given as its words. */
export function addressesInCommand(words: readonly string[]): Address[] {
  const program = programOf(words);
  if (owners.has(program)) return [];
  const inner = words.flatMap((word) => [
    ...(/\s/.test(word) && (shells.test(program) || /\$\(/.test(word))
      ? addressesInScript(
          shells.test(program)
            ? word
            : [...word.matchAll(/\$\(([^()]*)\)/g)].map(([, run]) => run).join('\n'),
        )
      : []),
    ...[
      ...word.matchAll(/\/dev\/tcp\/([a-z0-9.-]+)\/(\d+)/g),
      ...(/\s|\(/.test(word) ? word.matchAll(pair) : []),
    ].flatMap(([text, host = '', port]): Address[] =>
      isHostName(host) ? [{ host, port: portOf(port), scheme: undefined, text, certainty: 'told' }] : [],
    ),
  ]);
  if (shells.test(program) && inner.length > 0) return inner;
  if (speakers.has(program) && !words.some((word) => /^\d?>{1,2}/.test(word))) return inner;
  const plain = words.filter((word) => !word.startsWith('-'));
  const own = plain.findIndex((word) => word.split('/').at(-1) === program);
  const operands = plain.slice(own + 1);
  if (lookups.has(program)) {
    const name =
      operands.filter((word) => !['hosts', 'ahosts', 'ahostsv4', '+short'].includes(word))[0] ?? '';
    return isBareHost(name)
      ? [{ host: name, port: undefined, scheme: undefined, text: name, certainty: 'told', lookup: true }]
      : [];
  }
  const found = [
    ...inner,
    ...words.flatMap((word, index) => (isNoDestination(flagOf(words, index)) ? [] : urls(word))),
    // `psql "host=db dbname=shop"`, `--primary-conninfo=host=db user=replicator`.
    ...words.flatMap((word) =>
      dataSourceNames(withoutPlaceholders(word.replace(/^--?[\w-]+=(?=\w+=)/, '')), isHostName),
    ),
  ];
  if (['nc', 'ncat', 'netcat', 'telnet', 'cqlsh'].includes(program)) {
    const values =
      program === 'cqlsh'
        ? withoutFlags(words.slice(words.findIndex((word) => word.endsWith(program)) + 1))
        : operands;
    const names = values.filter((word) => isHostName(word) || /^\d+$/.test(word));
    const [host = '', port] = program === 'cqlsh' ? cqlshTarget(names) : names.slice(-2);
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
      // A word with a dot and no port may as well be a file: only a Service's full name is sure.
      const whole = /\.svc(?:\.cluster\.local)?$/.test(host);
      if (isHostName(host) && (port !== undefined || whole)) {
        found.push({ host, port: portOf(port) ?? 80, scheme: 'http', text: operand, certainty: 'told' });
      }
    }
  }
  const flags = clientFlags(program, words);
  if (flags.length > 0) return [...found, ...flags];
  for (const [index, word] of words.entries()) {
    if (word.includes('://')) continue;
    const [, name, assigned] = /^-{0,2}([\w.-]+)=(.+)$/.exec(word) ?? [];
    const setting = name ?? flagOf(words, index);
    if (isNoDestination(setting) || isCredential(setting)) continue;
    const told =
      assigned !== undefined ||
      (words[index - 1] ?? '').startsWith('-') ||
      /^wait[-_]?for|^dockerize$/.test(program);
    for (const address of addressList((assigned ?? word).replaceAll(/^["']|["']$/g, ''))) {
      found.push({ ...address, certainty: told ? address.certainty : 'likely' });
    }
  }
  return unique(found);
}

/** The name of the flag that a word is, or is the value of. */
function flagOf(words: readonly string[], index: number): string {
  const [, own] = /^-{1,2}([\w.-]+)=/.exec(words[index] ?? '') ?? [];
  if (own !== undefined) return own;
  return /^-{1,2}([\w.-]+)$/.exec(words[index - 1] ?? '')?.[1] ?? '';
}

/** Words without flags and what each of them takes; `--ssl` and its likes take nothing. */
function withoutFlags(words: readonly string[]): string[] {
  return words.filter(
    (word, index) =>
      !word.startsWith('-') &&
      !/^-(?:[efupk]|-[a-z-]+)$/.test((words[index - 1] ?? '').replace(/^--(?:ssl|no-color|debug)$/, '')),
  );
}

/** `cqlsh host [port]`: the port is Cassandra's own where none is named. */
function cqlshTarget(names: readonly string[]): [string, string] {
  const at = names.findIndex(isHostName);
  const port = names[at + 1];
  return [names[at] ?? '', port !== undefined && /^\d+$/.test(port) ? port : '9042'];
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
