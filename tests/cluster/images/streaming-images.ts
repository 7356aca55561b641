import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { apicurio } from '../../../trial/downloads/apicurio.ts';
import { assemble, must, type StandIns } from './assemble.ts';
import { layKafka } from './lay-kafka.ts';
import { layZookeeper } from './lay-zookeeper.ts';

const here = import.meta.dirname;
const trial = join(here, '../../../trial');
/** The registry's start as the trials have it; in the image it finds the jars by a variable. */
const registryStart = join(trial, 'stand-ins/schema-registry/run-java.sh');

/** Where the manifests' commands are found. The broker's container sets a PATH of its own. */
const path = [
  '/opt/java/openjdk/bin',
  '/opt/kafka/bin',
  '/apache-zookeeper-3.8.4-bin/bin',
  '/opt/apicurio/bin',
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
].join(':');

/** What stands in for the images of streaming that are not built from packages. */
const streaming: StandIns = {
  system: 'streaming',
  about: 'Kafka, ZooKeeper and the Schema Registry',
  names: [
    'docker.io/apache/kafka:3.9.1',
    'docker.io/library/zookeeper:3.8.4',
    'docker.io/apicurio/apicurio-registry:3.0.9',
  ],
  packages: ['openjdk-17-jre-headless', 'busybox', 'tzdata'],
  users: ['kafka:x:1000:1000::/tmp', 'apicurio:x:1001:1001::/tmp'],
  sources: [
    import.meta.filename,
    registryStart,
    ...['lay-kafka.ts', 'lay-zookeeper.ts', 'kafka', 'zookeeper'].map((name) => join(here, name)),
    ...['kafka-3.9.1', 'zookeeper-3.8.4', 'apicurio-3.0.9'].map((name) => join(trial, 'downloads', name)),
  ],
  commands: { mvn: 'maven' },
  async lay(rootfs, say) {
    await layKafka(rootfs, 'kafka-3.9.1', say);
    await layZookeeper(rootfs, say);
    const registry = join(rootfs, 'opt/apicurio');
    await cp(await apicurio(say), registry, { recursive: true });
    await cp(registryStart, join(registry, 'bin/run-java.sh'));
    // Downloads are kept in folders of their owner alone; in the image other users run them.
    const ours = ['opt', 'apache-zookeeper-3.8.4-bin'];
    await must('chmod', ['-R', 'a+rX', ...ours.map((name) => join(rootfs, name))]);
  },
  config: {
    Env: [`PATH=${path}`, 'LANG=C.UTF-8', 'APICURIO=/opt/apicurio'],
    // The registry's container names no command; the others name theirs.
    Entrypoint: ['/opt/apicurio/bin/run-java.sh'],
  },
};

/** The archive of streaming's stand-ins, assembled where it is not there. @param folder where archives are kept, absolute */
export function streamingImages(folder: string, say: (message: string) => void): Promise<string> {
  return assemble(streaming, folder, say);
}
