import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jars } from '../../../trial/downloads/jars.ts';

const here = join(import.meta.dirname, 'zookeeper');

/** Lays ZooKeeper's jars and its scripts into a Debian with Java, where the published image has them. */
export async function layZookeeper(rootfs: string, say: (message: string) => void): Promise<void> {
  const home = join(rootfs, 'apache-zookeeper-3.8.4-bin');
  await cp(await jars('zookeeper-3.8.4', say), join(home, 'lib'), { recursive: true });
  for (const name of ['zkServer.sh', 'zkCli.sh']) await cp(join(here, name), join(home, 'bin', name));
  await cp(join(here, 'docker-entrypoint.sh'), join(rootfs, 'docker-entrypoint.sh'));
  for (const name of ['conf', 'data', 'logs']) await mkdir(join(rootfs, name), { mode: 0o777 });
  await cp(join(here, 'logback.xml'), join(rootfs, 'conf/logback.xml'));
}
