import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { jars } from '../../../trial/downloads/jars.ts';

/** The script that stands for Kafka's own, under the name of each. */
const script = join(import.meta.dirname, 'kafka/run-class.sh');

/** Lays Kafka's jars of a download and its scripts into a Debian with Java, where the published image has them. */
export async function layKafka(
  rootfs: string,
  download: string,
  say: (message: string) => void,
): Promise<void> {
  const home = join(rootfs, 'opt/kafka');
  await cp(await jars(download, say), join(home, 'libs'), { recursive: true });
  const java = join(rootfs, 'usr/lib/jvm');
  const [version = ''] = (await readdir(java)).filter((name) => name.startsWith('java-17-openjdk-'));
  await mkdir(join(rootfs, 'opt/java'), { recursive: true });
  await symlink(`/usr/lib/jvm/${version}`, join(rootfs, 'opt/java/openjdk'));
  const bin = join(home, 'bin');
  await cp(script, join(bin, 'run-class.sh'));
  const text = await readFile(script, 'utf8');
  for (const [, name = ''] of text.matchAll(/^ {2}(kafka-[\w-]+\.sh)\)/gm)) {
    await symlink('run-class.sh', join(bin, name));
  }
}
