import type { Model } from '../model/model.ts';
import type { Container, Workload } from '../model/workload.ts';
import { isLoopback } from './kafka.ts';
import { mountedFiles } from './mounted-files.ts';
import type { Option } from './options.ts';
import { settingsOf } from './scripts.ts';
import { type Opening, openedAnyhow, openedBy, type Server } from './servers.ts';

/** The last word of an image's name: `postgres` for `docker.io/library/postgres:17`. */
function imageName({ spec }: Container): string {
  return /([^/:@]+)(?::[^/]*)?(?:@.*)?$/.exec(spec.image ?? '')?.[1] ?? '';
}

/** True for an image whose habits are known: of somebody else's, only what its settings say is. */
function isOfficial({ spec }: Container): boolean {
  return /^(?:(?:docker\.io\/|public\.ecr\.aws\/docker\/)?(?:library\/)?[\w-]+|(?:docker\.io\/)?(?:postgis|pgvector|timescale|valkey|percona|bitnami(?:legacy)?)\/[\w-]+)(?::[^/]*)?(?:@.*)?$/.test(
    spec.image ?? '',
  );
}

/** The databases whose ports their own settings tell whole, by their image: Postgres, MySQL and its likes, Redis and its likes. */
export function databaseOpenings(model: Model, workload: Workload, container: Container): Server | undefined {
  const image = imageName(container);
  if (!isOfficial(container) && container.spec.command === undefined) return undefined;
  if (/^(?:postgres|postgresql|postgis|pgvector|timescaledb)$/.test(image))
    return postgres(model, workload, container);
  if (/^(?:mysql|mysql-server|mariadb|percona-server|percona)$/.test(image))
    return mysql(model, workload, container);
  if (/^(?:redis|valkey|keydb)$/.test(image)) return redis(model, workload, container);
  return undefined;
}

/** A command line that a shell reads: it may start the server in any way. */
const shell = /(?:^|[\s/])(?:ba|a|da)?sh\s/;

/** A value of a list of hosts by which a server answers nobody but its own pod. */
function onlyItself(value: string): boolean {
  const hosts = value
    .replaceAll(/["']/g, '')
    .split(/[\s,]+/)
    .map((host) => host.replace(/^-(?=[\d:*])/, ''))
    .filter((host) => host !== '');
  return hosts.length > 0 && hosts.every(isLoopback);
}

interface Said {
  readonly port: Option | undefined;
  readonly hosts: Option | undefined;
}

function serverOn(
  name: string,
  { port, hosts }: Said,
  usual: number,
  alone: boolean,
  more: Opening[] = [],
): Server | undefined {
  if (port !== undefined && !/^\d+$/.test(port.value)) return undefined;
  if (hosts?.value.includes('$')) return undefined;
  const loopback = hosts === undefined ? alone : onlyItself(hosts.value);
  const number = Number(port?.value ?? usual);
  // What shuts the port to others is to be mended first.
  const place = loopback ? (hosts ?? port) : (port ?? hosts);
  const opening =
    place === undefined ? { ...openedAnyhow(number), loopback } : { ...openedBy(place, number), loopback };
  return { name, openings: [opening, ...more] };
}

/** The file of a path in the container, among those that it mounts. */
function fileAt(
  model: Model,
  workload: Workload,
  container: Container,
  path: string | undefined,
): string | undefined {
  return mountedFiles(model, workload, container).find(({ at }) => at === path)?.key;
}

/** Source: postgresql.org/docs/17/runtime-config-connection.html; the image's own file says `listen_addresses = '*'`. */
function postgres(model: Model, workload: Workload, container: Container): Server | undefined {
  const { command = [], args = [] } = container.spec;
  const line = [...command, ...args].join(' ');
  // A script may start it in any way.
  if (command.length > 0 && !/(?:^|[\s/])(?:postgres|docker-entrypoint\.sh)(?:\s|$)/.test(line))
    return undefined;
  if (shell.test(line)) return undefined;
  const options = settingsOf(model, workload, container);
  const [, path] = /\bconfig[_-]file[= ](\S+)/.exec(line) ?? [];
  const file = fileAt(model, workload, container, path);
  if (path !== undefined && file === undefined) return undefined;
  const own = options.filter(({ by }) => file !== undefined && by === `file ${file}`);
  const flags = options.filter(({ by }) => by.startsWith('flag '));
  const short = /(?:^|\s)-p\s*(\d+)(?:\s|$)/.exec(line)?.[1];
  const find = (key: string, ...variables: string[]) =>
    flags.findLast((option) => option.key.replaceAll('-', '_') === key) ??
    own.findLast((option) => option.key === key) ??
    options.findLast((option) => option.by.startsWith('env ') && variables.includes(option.key));
  const port =
    short === undefined
      ? find('port', 'PGPORT', 'POSTGRESQL_PORT_NUMBER')
      : {
          container,
          key: '-p',
          value: short,
          object: workload.object,
          path: `${container.path}.${args.length > 0 ? 'args' : 'command'}`,
          by: 'flag -p',
        };
  const included = own.some(({ key }) => /^include/.test(key));
  const alone = file !== undefined && !included;
  return serverOn('Postgres', { port, hosts: find('listen_addresses') }, 5432, alone);
}

/** The settings of the groups of an option file that the server reads. */
function serverGroups(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let group = '';
  for (const line of text.split('\n')) {
    group = /^\s*\[([^\]]+)\]/.exec(line)?.[1] ?? group;
    const [, key, value = ''] = /^\s*([\w-]+)\s*(?:=\s*(.*?))?\s*$/.exec(line.replace(/#.*$/, '')) ?? [];
    if (key !== undefined && /^(?:mysqld|server|mariadbd?)(?:-[\d.]+)?$/.test(group))
      found.set(key.replaceAll('_', '-'), value.replace(/^(["'])(.*)\1$/, '$2'));
  }
  return found;
}

/** Source: dev.mysql.com/doc/refman/8.4/en/server-system-variables.html. */
function mysql(model: Model, workload: Workload, container: Container): Server | undefined {
  const { command = [], args = [] } = container.spec;
  const line = [...command, ...args].join(' ');
  if (shell.test(line) || /--defaults-(?:extra-)?file/.test(line)) return undefined;
  if (command.length > 0 && !/(?:^|[\s/])(?:mysqld|mariadbd|docker-entrypoint\.sh)(?:\s|$)/.test(line))
    return undefined;
  const options = settingsOf(model, workload, container);
  const said = new Map<string, Option>();
  for (const { kind, name, key: file } of mountedFiles(model, workload, container)) {
    const configuration = model.configuration(kind, workload.namespace, name);
    const text = configuration?.values.get(file);
    if (configuration === undefined || text === undefined || !/\.(?:cnf|ini)$/.test(file)) continue;
    const place = {
      container,
      object: configuration.object,
      path: configuration.pathOf(file),
      by: `file ${file}`,
    };
    for (const [key, value] of serverGroups(text)) said.set(key, { ...place, key, value });
  }
  for (const option of options)
    if (option.by.startsWith('flag ')) said.set(option.key.replaceAll('_', '-'), option);
  const variable = options.findLast(
    ({ key, by }) => by.startsWith('env ') && /^(?:MYSQL_TCP_PORT|(?:MYSQL|MARIADB)_PORT_NUMBER)$/.test(key),
  );
  // Clusters of it have ports of their own.
  if ([...said.keys()].some((key) => /^(?:wsrep|skip-networking|group-replication|loose-group)/.test(key)))
    return undefined;
  const more = [
    33060,
    Number(said.get('mysqlx-port')?.value),
    Number(said.get('admin-port')?.value ?? 33062),
  ];
  return serverOn(
    'MySQL',
    { port: said.get('port') ?? variable, hosts: said.get('bind-address') },
    3306,
    false,
    more.filter(Number.isInteger).map(openedAnyhow),
  );
}

/** Source: redis.io/docs/latest/operate/oss_and_stack/management/config, redis.conf of 7.2. */
function redis(model: Model, workload: Workload, container: Container): Server | undefined {
  const { command = [], args = [] } = container.spec;
  const line = [...command, ...args].join(' ');
  if (command.length > 0 && !/(?:redis|valkey|keydb)-(?:server|sentinel)/.test(line)) return undefined;
  // A script may write the file, or start it in any way.
  if (shell.test(line)) return undefined;
  const [, path] = /(?:^|\s)(\/\S+\.conf)(?:\s|$)/.exec(line) ?? [];
  const file = fileAt(model, workload, container, path);
  if (path !== undefined && file === undefined) return undefined;
  const options = settingsOf(model, workload, container).filter(
    ({ by }) => by === `file ${file}` || by.startsWith('flag '),
  );
  if (options.some(({ key }) => key === 'include' || key === 'cluster-enabled')) return undefined;
  const flag = (name: string): Option | undefined => {
    const value = new RegExp(`--${name}[ =](\\S+)`).exec(line)?.[1];
    const field = args.length > 0 ? 'args' : 'command';
    return value === undefined
      ? undefined
      : {
          container,
          key: name,
          value,
          object: workload.object,
          path: `${container.path}.${field}`,
          by: `flag ${name}`,
        };
  };
  const find = (name: string) =>
    flag(name) ?? options.findLast(({ key, by }) => key === name && by.startsWith('file '));
  const tls = Number(find('tls-port')?.value);
  const sentinel = /sentinel/.test(line);
  return serverOn(
    sentinel ? 'Sentinel' : 'Redis',
    { port: find('port'), hosts: find('bind') },
    sentinel ? 26379 : 6379,
    false,
    Number.isInteger(tls) && tls > 0 ? [openedAnyhow(tls)] : [],
  );
}
