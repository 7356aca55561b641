import type { Address } from './addresses.ts';

interface Host {
  readonly host: string;
  readonly port: number | undefined;
  readonly implied: boolean;
  readonly scheme: string;
}

/** Go's MySQL driver: `user:password@tcp(host:port)/database`. Source: github.com/go-sql-driver/mysql, `dsn.go`. */
const mysql = /(?:^|@|\s)tcp[46]?\(([^():\s,]+)(?::(\d+))?\)/g;

/** Words of which libpq's form has at least one beside its host. */
const beside = /(?:^|\s)(?:dbname|user|password|passfile|port|sslmode|connect_timeout|application_name)\s*=/;

/** libpq: `host=a,b port=5432 dbname=shop`. Source: postgresql.org/docs/current/libpq-connect.html, 32.1.1.1. */
function* keywords(text: string): Iterable<Host> {
  const hosts = /(?:^|\s)host\s*=\s*'?([^\s']+)'?/.exec(text)?.[1];
  if (hosts === undefined || !beside.test(text)) return;
  const ports = (/(?:^|\s)port\s*=\s*'?([\d,]+)'?/.exec(text)?.[1] ?? '').split(',');
  for (const [index, host] of hosts.split(',').entries()) {
    const written = ports[index] ?? ports[0] ?? '';
    yield { host, port: Number(written) || 5432, implied: written === '', scheme: 'postgresql' };
  }
}

function* hostsIn(text: string): Iterable<Host> {
  for (const [, host = '', port] of text.matchAll(mysql))
    yield { host, port: Number(port ?? 3306), implied: port === undefined, scheme: 'mysql' };
  if (text.includes('host')) yield* keywords(text);
}

/**
 * Addresses in a data source's name that is no URL: those of Go's MySQL driver and of libpq.
 * @param isHost true for what may be a host's name.
 */
export function dataSourceNames(text: string, isHost: (text: string) => boolean): Address[] {
  if (!text.includes('tcp') && !text.includes('host')) return [];
  return [...hostsIn(text)]
    .filter(({ host }) => isHost(host))
    .map(({ host, port, implied, scheme }) => ({
      host,
      port,
      scheme,
      text: `${host}:${port}`,
      certainty: 'told',
      ...(implied ? { portImplied: true as const } : {}),
    }));
}

/**
 * Hosts in a file of passwords for libpq: `host:port:database:user:password` a line. It tells a password, not where to connect: a
 * host in it is an address where it is near enough to a real one.
 */
export function passwordFile(text: string, isHost: (text: string) => boolean): Address[] {
  return text.split('\n').flatMap((line): Address[] => {
    const [, host = '', port = ''] =
      /^([^#:\\\s]+):(\d+|\*):(?:[^:\\]|\\.)*:(?:[^:\\]|\\.)*:/.exec(line) ?? [];
    if (!isHost(host)) return [];
    const number = Number(port) || undefined;
    return [{ host, port: number, scheme: undefined, text: `${host}:${port}`, certainty: 'likely' }];
  });
}
