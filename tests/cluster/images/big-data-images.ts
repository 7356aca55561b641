import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cqlshWheels } from '../../../trial/downloads/cqlsh.ts';
import { jars } from '../../../trial/downloads/jars.ts';
import { fetchWheels } from '../../../trial/downloads/wheels.ts';
import { assemble, must, type StandIns } from './assemble.ts';
import { layKafka } from './lay-kafka.ts';

const here = import.meta.dirname;
const trial = join(here, '../../../trial');
/** Cassandra's programs as the trials start them; in the image they find its parts by these variables. */
const cassandraPrograms = join(trial, 'stand-ins/cassandra');
const clients = join(here, '../../../apps/big-data/spark/requirements.txt');

/** Where the manifests' commands are found. The broker's container sets a PATH of its own. */
const path = [
  '/opt/java/openjdk/bin',
  '/opt/cassandra/bin',
  '/opt/kafka/bin',
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
].join(':');

/** What stands in for the images of big-data that are not built from packages: its data systems, and what shows them. */
const bigData: StandIns = {
  system: 'big-data',
  about: 'Kafka, Cassandra, Kafka UI and Grafana',
  names: [
    'docker.io/apache/kafka:4.1.1',
    'docker.io/library/cassandra:5.0.6',
    'ghcr.io/kafbat/kafka-ui:v1.5.0',
    // Its Dockerfile begins with Grafana's published image.
    'docker.io/library/big-data-grafana:latest',
  ],
  packages: ['openjdk-17-jre-headless', 'python3', 'python3-yaml', 'busybox', 'tzdata'],
  users: ['cassandra:x:999:999::/var/lib/cassandra', 'kafka:x:1000:1000::/tmp', 'grafana:x:472:472::/tmp'],
  sources: [
    import.meta.filename,
    clients,
    cassandraPrograms,
    join(here, 'big-data-entrypoint.sh'),
    join(here, 'lay-kafka.ts'),
    ...['cassandra', 'grafana', 'kafka', 'kafka-ui'].map((name) => join(here, name)),
    ...['cassandra-5.0.6', 'cqlsh', 'kafka-4.1.1'].map((name) => join(trial, 'downloads', name)),
  ],
  commands: { mvn: 'maven', pip3: 'python3-pip' },
  async lay(rootfs, say) {
    await layKafka(rootfs, 'kafka-4.1.1', say);
    const cassandra = join(rootfs, 'opt/cassandra');
    await cp(await jars('cassandra-5.0.6', say), join(cassandra, 'lib'), { recursive: true });
    await cp(await cqlshWheels(say), join(cassandra, 'wheels'), { recursive: true });
    await cp(cassandraPrograms, join(cassandra, 'bin'), { recursive: true });
    await cp(join(here, 'cassandra/nodetool'), join(cassandra, 'bin/nodetool'));
    await mkdir(join(cassandra, 'conf'));
    await cp(join(here, 'cassandra/logback-tools.xml'), join(cassandra, 'conf/logback-tools.xml'));
    await mkdir(join(rootfs, 'etc/cassandra'));
    await fetchWheels(clients, join(rootfs, 'opt/python'));
    for (const name of ['grafana', 'kafka-ui'])
      await cp(join(here, name), join(rootfs, 'opt', name), { recursive: true });
    await cp(join(here, 'big-data-entrypoint.sh'), join(rootfs, 'entrypoint.sh'));
    // Downloads are kept in folders of their owner alone; in the image other users run them.
    await must('chmod', ['-R', 'a+rX', join(rootfs, 'opt')]);
  },
  config: {
    Env: [
      `PATH=${path}`,
      'LANG=C.UTF-8',
      'PYTHONPATH=/opt/python',
      'PYTHONDONTWRITEBYTECODE=1',
      'JARS=/opt/cassandra/lib',
      'WHEELS=/opt/cassandra/wheels',
      'CASSANDRA_DATA=/var/lib/cassandra',
      'CASSANDRA_LOGBACK=/etc/cassandra/logback.xml',
      'CASSANDRA_JMX_PORT=7199',
      'TMPDIR=/tmp',
    ],
    Entrypoint: ['/entrypoint.sh'],
  },
};

/** The archive of big-data's stand-ins, assembled where it is not there. @param folder where archives are kept, absolute */
export function bigDataImages(folder: string, say: (message: string) => void): Promise<string> {
  return assemble(bigData, folder, say);
}
