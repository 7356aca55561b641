import { own } from '../own.ts';
import type { Address } from './addresses.ts';
import { isBareHost, isHostName, portOf } from './host-names.ts';

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
export function clientFlags(program: string, words: readonly string[]): Address[] {
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

/** Words without flags and what each of them takes; `--ssl` and its likes take nothing. */
export function withoutFlags(words: readonly string[]): string[] {
  return words.filter(
    (word, index) =>
      !word.startsWith('-') &&
      !/^-(?:[efupk]|-[a-z-]+)$/.test((words[index - 1] ?? '').replace(/^--(?:ssl|no-color|debug)$/, '')),
  );
}

/** `cqlsh host [port]`: the port is Cassandra's own where none is named. */
export function cqlshTarget(names: readonly string[]): [string, string] {
  const at = names.findIndex(isHostName);
  const port = names[at + 1];
  return [names[at] ?? '', port !== undefined && /^\d+$/.test(port) ? port : '9042'];
}
