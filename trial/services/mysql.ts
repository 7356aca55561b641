import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { type MysqlPrograms, mysqlPrograms } from '../downloads/mysql.ts';
import { podContainer } from '../overlay/container.ts';
import { workloadOf } from '../overlay/system.ts';
import { freePort } from '../process/free-port.ts';
import { finished, lastWords, start } from '../process/start.ts';
import { type RunningContainer, runContainer } from '../run-container.ts';
import type { Trial } from '../trial.ts';
import { until } from '../until.ts';

/** A server of MySQL's protocol, configured by the system's own manifests, with their database and login. */
export interface MysqlServer {
  readonly port: number;
  readonly login: MysqlLogin;
  /** As `MariaDB 10.11.19`. */
  readonly version: string;
  readonly server: () => RunningContainer;
  /** Starts it again on its data; the old one must have ended. */
  readonly startServer: () => Promise<void>;
}

export interface MysqlLogin {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** Which program stands for the image in a process: MariaDB as Debian has it, or a MySQL 8 of Maven's repository. */
export type MysqlEngine = 'mariadb' | 'mysql';

/** Paths that stand for the program's folder and for what it was unpacked to: a path of this machine could be mapped. */
const [programsPath, homePath] = ['/programs', '/home-of-mysql'];

/** Starts the rendered MySQL and awaits its first answer to the login of the system; adds its address to the trial. */
export async function startMysql(trial: Trial, engine: MysqlEngine = 'mariadb'): Promise<MysqlServer> {
  const { system, addresses } = trial;
  const kind = system.model.workloads.some((one) => one.kind === 'StatefulSet' && one.name === 'mysql')
    ? 'StatefulSet'
    : 'Deployment';
  const container = podContainer(system, workloadOf(system, kind, 'mysql'));
  const port = await freePort();
  addresses.set('mysql:3306', `127.0.0.1:${port}`);
  const secret = (key: string) => container.env.get(key) ?? '';
  const login = {
    host: '127.0.0.1',
    port,
    database: secret('MYSQL_DATABASE'),
    user: secret('MYSQL_USER'),
    password: secret('MYSQL_PASSWORD'),
  };
  const programs = trial.engine === 'docker' ? undefined : await mysqlPrograms(engine, trial.say);
  const options = [`--port=${port}`, '--bind-address=127.0.0.1', '--loose-mysqlx=OFF'];
  const command =
    programs === undefined
      ? ['docker-entrypoint.sh', 'mysqld', ...options]
      : [...(await prepared(trial, programs, login)), ...options];
  const edit = (text: string, path: string) =>
    path.endsWith('/my.cnf') && programs?.engine === 'mariadb' ? forMariadb(text) : text;
  const env = programs?.libraries === undefined ? {} : { LD_LIBRARY_PATH: programs.libraries };
  const paths = new Map(
    programs === undefined
      ? []
      : [
          [programsPath, dirname(programs.server)],
          [homePath, programs.home ?? ''],
        ],
  );
  const standing = { edit, env, standIn: { bin: [], paths } };
  let server: RunningContainer | undefined;
  const startServer = async () => {
    const started = await runContainer(trial, { ...container, command }, standing);
    server = started;
    await until(async () => started.state() !== undefined || (await answers(login)), {
      deadline: 120_000,
      what: `mysql on port ${port}`,
    });
    if (started.state() !== undefined) throw new Error(`mysql ended at its start:\n${lastWords(started)}`);
  };
  await startServer();
  return {
    port,
    login,
    version: programs?.version ?? container.image,
    startServer,
    server() {
      if (server === undefined) throw new Error('mysql was not started');
      return server;
    },
  };
}

/** What of my.cnf MariaDB 10.11 does not know, by the nearest that it does. */
function forMariadb(text: string): string {
  return text
    .replace('utf8mb4_0900_ai_ci', 'utf8mb4_unicode_520_ci')
    .replace(/^secure-file-priv = NULL\n/m, '');
}

/**
 * Makes an empty data folder, and the file that makes database and login, as the image's start script would; resolves
 * with the server's command, in the container's own paths.
 */
async function prepared(trial: Trial, programs: MysqlPrograms, login: MysqlLogin): Promise<string[]> {
  const folder = join(trial.folder, 'mysql-0');
  // Where the volumes of these names are put.
  const [data, run] = [join(folder, 'data'), join(folder, 'run')];
  await mkdir(run, { recursive: true });
  const { database, user, password } = login;
  await writeFile(
    join(run, 'init.sql'),
    [
      `CREATE DATABASE IF NOT EXISTS \`${database}\`;`,
      `CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '${password}';`,
      `GRANT ALL ON \`${database}\`.* TO '${user}'@'%';`,
      '',
    ].join('\n'),
  );
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  const made = start({
    name: 'mysql-initialize',
    command: [...programs.initialize(data), ...asRoot],
    env: { PATH: process.env.PATH ?? '', LD_LIBRARY_PATH: programs.libraries ?? '', TMPDIR: folder },
    cwd: folder,
    logFile: join(trial.folder, 'mysql-initialize.log'),
  });
  trial.keep(made);
  await finished(made, 120_000);
  return [
    `${programsPath}/${basename(programs.server)}`,
    '--defaults-file=/etc/mysql/conf.d/my.cnf',
    ...(programs.home === undefined ? [] : [`--basedir=${homePath}`, `--lc-messages-dir=${homePath}/share`]),
    '--datadir=/var/lib/mysql',
    '--socket=/var/run/mysqld/s',
    '--pid-file=/var/run/mysqld/pid',
    '--init-file=/var/run/mysqld/init.sql',
    ...asRoot,
  ];
}

async function answers(login: MysqlLogin): Promise<boolean> {
  const connection = await createConnection({ ...login, connectTimeout: 2000 }).catch(() => undefined);
  if (connection === undefined) return false;
  await connection.end();
  return true;
}
