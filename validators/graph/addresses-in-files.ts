import { documentsOf } from '../text/documents.ts';
import { remember } from '../text/remember.ts';
import { type Address, addressesInValue, unique } from './addresses.ts';
import { addressesInScript } from './addresses-in-commands.ts';
import { passwordFile } from './data-source-names.ts';
import { isBareHost } from './host-names.ts';
import { hostOnly, hostWords } from './hosts-alone.ts';
import { isCredential, isNoDestination, wordsOf } from './setting-names.ts';

/** Addresses in a file, read as what its name says it is. */
export const addressesInFile: (name: string, text: string) => readonly Address[] = remember(
  readFile,
  // What is longer is seldom met twice, and would be kept for nothing.
  (name, text) => (text.length > 100_000 ? undefined : `${name}\0${text}`),
);

function readFile(name: string, text: string): Address[] {
  if (/\.(?:sh|bash|ash)$/.test(name) || /^#!.*sh\b/.test(text)) return addressesInScript(text);
  if (/(?:^|\.)pgpass$/.test(name)) return unique(passwordFile(text, isBareHost));
  if (notSettings.test(name) || text.startsWith('#!') || text.startsWith('-----BEGIN')) return [];
  if (/\.(?:ya?ml|json)$/.test(name)) {
    const read = documentsOf(text);
    return unique(
      'documents' in read
        ? read.documents.flatMap((document) => addressesInData('', document, undefined))
        : addressesInLines(text),
    );
  }
  if (/\.xml$/.test(name) || text.trimStart().startsWith('<')) return unique(addressesInMarkup(text));
  return unique(addressesInLines(text));
}

/** Files that are programs, prose or keys: what looks like an address in them is told to nobody. */
const notSettings =
  /\.(?:sql|cql|md|txt|csv|html?|css|[cm]?js|jsx|tsx?|svg|lua|py|rb|go|java|scala|php|pl|r|awk|ps1|pem|crt|cer|key|jks|p12|log|rules|tmpl|gotmpl)$/;

/** True for a dashboard or a file of alert rules: its links are for people. */
function isForPeople(fields: Readonly<Record<string, unknown>>): boolean {
  const { panels, groups } = fields;
  const first = Array.isArray(groups) ? (groups[0] as Record<string, unknown> | undefined) : undefined;
  return Array.isArray(panels) || Array.isArray(first?.rules);
}

function addressesInData(
  key: string,
  value: unknown,
  parent: Readonly<Record<string, unknown>> | undefined,
): Address[] {
  if (Array.isArray(value)) return value.flatMap((item) => addressesInData(key, item, undefined));
  if (typeof value === 'object' && value !== null) {
    const fields = value as Record<string, unknown>;
    if (isForPeople(fields)) return [];
    return Object.entries(fields).flatMap(([name, item]) => addressesInData(name, item, fields));
  }
  if (typeof value !== 'string') return [];
  return fromKey(key, value, (name) => {
    const found = Object.entries(parent ?? {}).find(([field]) => field.toLowerCase() === name.toLowerCase());
    // Envoy's `address: x` stands beside its `port_value`.
    const port = found ?? Object.entries(parent ?? {}).find(([field]) => field === 'port_value');
    return port === undefined ? undefined : String(port[1]);
  });
}

function fromKey(key: string, value: string, sibling: (name: string) => string | undefined): Address[] {
  if (isNoDestination(key)) return [];
  const direct = addressesInValue(value).filter(({ scheme }) => scheme !== undefined || !isCredential(key));
  if (direct.length > 0) return direct;
  // `character-set-server = utf8` is no address: a key of a file says so for sure only by its last word.
  const sure = hostWords.has(wordsOf(key).at(-1) ?? '');
  return hostOnly(key, value, sibling).map((address) =>
    sure || address.port !== undefined ? address : { ...address, certainty: 'likely' as const },
  );
}

/** Text between the tags of XML, as Hadoop's and ClickHouse's files hold addresses; attributes are names of schemas. */
function addressesInMarkup(text: string): Address[] {
  return [...text.replaceAll(/<!--[\s\S]*?-->/g, '').matchAll(/<([\w.-]+)[^<>]*>([^<>]+)<\//g)].flatMap(
    ([, tag = '', value = '']) => fromKey(tag === 'value' ? '' : tag, value.trim(), () => undefined),
  );
}

/** Directives of nginx, HAProxy and Caddy whose words are where to connect. */
const passes =
  /^(?:server|proxy_pass|grpc_pass|fastcgi_pass|uwsgi_pass|scgi_pass|memcached_pass|reverse_proxy|to)$/;

/** `key = value`, `key: value` and `key value;` lines: properties, INI, nginx, and what is like them. */
function addressesInLines(text: string): Address[] {
  const joined = text.replaceAll(/\\\n\s*/g, '');
  // What nginx calls an upstream, and HAProxy a backend, are names of this file alone.
  const own = new Set(
    [...joined.matchAll(/^\s*(?:upstream|backend|cluster|listen)\s+([\w.-]+)/gm)].map(
      ([, name]) => name ?? '',
    ),
  );
  const pairs: (readonly [string, string])[] = [];
  for (const line of joined.split('\n')) {
    if (/^\s*(?:[#;!]|\/\/|--)/.test(line)) continue;
    // nginx may have a whole block on one line.
    const inner = /[{]\s*((?:server|proxy_pass|return)\s[^{}]*)[}]/.exec(line)?.[1] ?? line;
    for (const statement of inner.includes(';') && !inner.includes('=') ? inner.split(';') : [inner]) {
      const [, key = '', value = ''] = /^\s*([\w.-]+)\s*[=:\s]\s*(.+?);?\s*$/.exec(statement) ?? [];
      if (key !== '') pairs.push([key, value]);
    }
  }
  const byKey = new Map(pairs);
  return pairs
    .flatMap(([key, written]) => {
      if (/^(?:listeners?|server_name|bind|return|rewrite)$/i.test(key)) return [];
      const value = written.replace(/\s+#.*$/, '').replace(/^(["'])(.*)\1$/, '$2');
      // `replicaof host port`, `sentinel monitor name host port quorum`.
      const [, host = '', port] = /^(?:monitor\s+\S+\s+)?([a-z0-9.-]+)\s+(\d+)(?:\s+\d+)?$/.exec(value) ?? [];
      if (/^(?:replicaof|slaveof|sentinel)$/.test(key) && isBareHost(host)) {
        return [
          {
            host,
            port: Number(port),
            scheme: undefined,
            text: `${host} ${port}`,
            certainty: 'told' as const,
          },
        ];
      }
      if (passes.test(key)) return value.split(/\s+/).flatMap(addressesInValue);
      return fromKey(key, value, (name) => byKey.get(name));
    })
    .filter(
      ({ host, portImplied, port }) => !own.has(host) || (port !== undefined && portImplied === undefined),
    );
}
