import { cp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { assemble, must, type StandIns } from './assemble.ts';
import { layKafka } from './lay-kafka.ts';
import { layPostgres } from './lay-postgres.ts';
import { layZookeeper } from './lay-zookeeper.ts';

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
    join(here, 'lay-postgres.ts'),
    ...['kafka', 'zookeeper', 'pgadmin'].map((name) => join(here, name)),
    ...['kafka-3.9.1', 'zookeeper-3.8.4'].map((name) => join(downloads, name)),
  ],
  commands: { mvn: 'maven', pip3: 'python3-pip' },
  async lay(rootfs, say) {
    await layKafka(rootfs, 'kafka-3.9.1', say);
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
