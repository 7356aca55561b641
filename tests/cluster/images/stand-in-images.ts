import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  appendFile,
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { nc, writeDockerArchive } from '../../../cluster/index.ts';
import { jars } from '../../../trial/downloads/jars.ts';
import { postgresPrograms } from '../../../trial/downloads/postgres.ts';
import { bring } from '../../harness/debian-packages.ts';

const here = import.meta.dirname;

/** The names that the manifests use. */
const names = [
  'docker.io/apache/kafka:3.9.1',
  'docker.io/library/zookeeper:3.8.4',
  'docker.io/library/postgres:17.9-bookworm',
  'docker.io/dpage/pgadmin4:9.17',
];

const packages = [
  'openjdk-17-jre-headless',
  'python3',
  'busybox',
  'tzdata',
  'libicu72',
  'libxml2',
  'libgssapi-krb5-2',
];
const sources = '/etc/apt/sources.list.d/debian.sources';
// Java's package links pages of its manual, and wants their folder.
const unwanted = ['doc', 'locale', 'info', 'lintian'];
const minutes = 60_000;

/** Where the manifests' commands are found. The broker's container sets a PATH of its own. */
const path = [
  '/opt/java/openjdk/bin',
  '/opt/kafka/bin',
  '/apache-zookeeper-3.8.4-bin/bin',
  '/usr/lib/postgresql/17/bin',
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
].join(':');

/**
 * Assembles what stands in for the images of lambda's data systems: one image under their names, since they share
 * Debian and Java. README.md beside this says what is real in it.
 *
 * @param folder where archives are kept, absolute
 * @returns the archive
 * @throws Error when a package is not to be had.
 */
export async function standInImages(folder: string, say: (message: string) => void): Promise<string> {
  await mkdir(folder, { recursive: true });
  const archive = join(folder, `services-${await digest()}.tar`);
  if (existsSync(archive)) return archive;
  const missing = await bring({ mmdebstrap: 'mmdebstrap', mvn: 'maven', pip3: 'python3-pip' });
  if (missing !== undefined) throw new Error(missing);
  const rootfs = await mkdtemp(join(folder, 'rootfs-'));
  try {
    say('Assembling the stand-ins for the images of Kafka, ZooKeeper, PostgreSQL and pgAdmin (once) ...');
    await layDebian(rootfs);
    await layKafka(rootfs, say);
    await layZookeeper(rootfs, say);
    await layPostgres(rootfs, say);
    await layPgadmin(rootfs);
    // Downloads are kept in folders of their owner alone; in the image other users run them.
    const ours = ['opt', 'apache-zookeeper-3.8.4-bin', 'usr/lib/postgresql', 'pgadmin4'];
    await must('chmod', ['-R', 'a+rX', ...ours.map((name) => join(rootfs, name))]);
    // The wheel's clients look for the server's socket in /tmp, those of the published image where it is.
    const config = {
      Env: [`PATH=${path}`, 'LANG=C.UTF-8', 'PGHOST=/var/run/postgresql'],
      Entrypoint: ['/entrypoint.sh'],
    };
    await writeDockerArchive({ names, rootfs, config }, archive);
  } finally {
    await rm(rootfs, { recursive: true, force: true });
  }
  return archive;
}

/** Of everything that makes the image; what it is assembled from is pinned in these files. */
async function digest(): Promise<string> {
  const hash = createHash('sha256').update(process.arch);
  const downloads = join(here, '../../../trial/downloads');
  hash.update(await readFile(import.meta.filename));
  const own = ['kafka', 'zookeeper', 'pgadmin'].map((name) => join(here, name));
  for (const folder of [...own, ...['kafka-3.9.1', 'zookeeper-3.8.4'].map((name) => join(downloads, name))]) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.md'));
    for (const file of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
      hash.update('\0').update(await readFile(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function must(command: string, args: readonly string[]): Promise<void> {
  const done = await run(command, args, { deadline: 15 * minutes });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr.slice(-2000)}`);
}

async function layDebian(rootfs: string): Promise<void> {
  await must('mmdebstrap', [
    '--variant=essential',
    '--format=directory',
    `--include=${packages.join(',')}`,
    '--aptopt=Acquire::Retries "3"',
    ...unwanted.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    'bookworm',
    rootfs,
    ...(existsSync(sources) ? [sources] : []),
  ]);
  await chmod(rootfs, 0o755);
  // The users that the manifests run them as; PostgreSQL wants a name for its own.
  const users = ['postgres:x:999:999::/var/lib/postgresql:/bin/bash', 'kafka:x:1000:1000::/tmp:/bin/bash'];
  await appendFile(
    join(rootfs, 'etc/passwd'),
    `${[...users, 'pgadmin:x:5050:5050::/tmp:/bin/bash'].join('\n')}\n`,
  );
  await appendFile(join(rootfs, 'etc/group'), 'postgres:x:999:\nkafka:x:1000:\npgadmin:x:5050:\n');
  await writeFile(join(rootfs, 'usr/bin/nc'), nc, { mode: 0o755 });
}

async function layKafka(rootfs: string, say: (message: string) => void): Promise<void> {
  const home = join(rootfs, 'opt/kafka');
  await cp(await jars('kafka-3.9.1', say), join(home, 'libs'), { recursive: true });
  const java = join(rootfs, 'usr/lib/jvm');
  const [version = ''] = (await readdir(java)).filter((name) => name.startsWith('java-17-openjdk-'));
  await mkdir(join(rootfs, 'opt/java'), { recursive: true });
  await symlink(`/usr/lib/jvm/${version}`, join(rootfs, 'opt/java/openjdk'));
  const bin = join(home, 'bin');
  await cp(join(here, 'kafka/run-class.sh'), join(bin, 'run-class.sh'));
  const text = await readFile(join(here, 'kafka/run-class.sh'), 'utf8');
  for (const [, name = ''] of text.matchAll(/^ {2}(kafka-[\w-]+\.sh)\)/gm)) {
    await symlink('run-class.sh', join(bin, name));
  }
}

async function layZookeeper(rootfs: string, say: (message: string) => void): Promise<void> {
  const home = join(rootfs, 'apache-zookeeper-3.8.4-bin');
  await cp(await jars('zookeeper-3.8.4', say), join(home, 'lib'), { recursive: true });
  await cp(join(here, 'zookeeper/zkServer.sh'), join(home, 'bin/zkServer.sh'));
  await cp(join(here, 'zookeeper/docker-entrypoint.sh'), join(rootfs, 'docker-entrypoint.sh'));
  for (const name of ['conf', 'data', 'logs']) await mkdir(join(rootfs, name), { mode: 0o777 });
  await cp(join(here, 'zookeeper/logback.xml'), join(rootfs, 'conf/logback.xml'));
}

async function layPostgres(rootfs: string, say: (message: string) => void): Promise<void> {
  const { home, version } = await postgresPrograms(17, say);
  if (home === undefined) {
    throw new Error(`this machine's own PostgreSQL ${version} cannot be copied into an image: remove it`);
  }
  await cp(home, join(rootfs, 'usr/lib/postgresql/17'), { recursive: true });
}

async function layPgadmin(rootfs: string): Promise<void> {
  const site = join(rootfs, 'pgadmin4/site');
  const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--no-compile'];
  const requirements = join(here, 'pgadmin/requirements.txt');
  await must('python3', [
    ...['-m', 'pip', 'install', ...quiet, '--no-deps', '--target', site, '--requirement', requirements],
  ]);
  await cp(join(here, 'pgadmin/entrypoint.sh'), join(rootfs, 'entrypoint.sh'));
  // Where the manifest has it written, since the image's root is read-only.
  const settings = join(site, 'pgadmin4/config_distro.py');
  await rm(settings, { force: true });
  await symlink('/var/lib/pgadmin/config_distro.py', settings);
}
