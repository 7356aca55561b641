import { cp, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { jars } from '../../../trial/downloads/jars.ts';
import { postgresPrograms } from '../../../trial/downloads/postgres.ts';
import { assemble, must, type StandIns } from './assemble.ts';

const here = import.meta.dirname;

/** Where the manifests' commands are found. The broker's container sets a PATH of its own. */
const path = [
  '/opt/java/openjdk/bin',
  '/opt/kafka/bin',
  '/apache-zookeeper-3.8.4-bin/bin',
  '/usr/lib/postgresql/17/bin',
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
].join(':');

const downloads = join(here, '../../../trial/downloads');

/** What stands in for the images of lambda's data systems, which share Debian and Java. */
const lambda: StandIns = {
  system: 'lambda',
  about: 'Kafka, ZooKeeper, PostgreSQL and pgAdmin',
  names: [
    'docker.io/apache/kafka:3.9.1',
    'docker.io/library/zookeeper:3.8.4',
    'docker.io/library/postgres:17.9-bookworm',
    'docker.io/dpage/pgadmin4:9.17',
  ],
  packages: [
    'openjdk-17-jre-headless',
    'python3',
    'busybox',
    'tzdata',
    'libicu72',
    'libxml2',
    'libgssapi-krb5-2',
  ],
  // The users that the manifests run them as; PostgreSQL wants a name for its own.
  users: ['postgres:x:999:999::/var/lib/postgresql', 'kafka:x:1000:1000::/tmp', 'pgadmin:x:5050:5050::/tmp'],
  sources: [
    import.meta.filename,
    ...['kafka', 'zookeeper', 'pgadmin'].map((name) => join(here, name)),
    ...['kafka-3.9.1', 'zookeeper-3.8.4'].map((name) => join(downloads, name)),
  ],
  commands: { mvn: 'maven', pip3: 'python3-pip' },
  async lay(rootfs, say) {
    await layKafka(rootfs, say);
    await layZookeeper(rootfs, say);
    await layPostgres(rootfs, say);
    await layPgadmin(rootfs);
    // Downloads are kept in folders of their owner alone; in the image other users run them.
    const ours = ['opt', 'apache-zookeeper-3.8.4-bin', 'usr/lib/postgresql', 'pgadmin4'];
    await must('chmod', ['-R', 'a+rX', ...ours.map((name) => join(rootfs, name))]);
  },
  config: {
    // The wheel's clients look for the server's socket in /tmp, those of the published image where it is.
    Env: [`PATH=${path}`, 'LANG=C.UTF-8', 'PGHOST=/var/run/postgresql'],
    Entrypoint: ['/entrypoint.sh'],
  },
};

/** The archive of lambda's stand-ins, assembled where it is not there. @param folder where archives are kept, absolute */
export function lambdaImages(folder: string, say: (message: string) => void): Promise<string> {
  return assemble(lambda, folder, say);
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
