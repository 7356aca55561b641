import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pauseImage } from '../node/components.ts';
import { layBusybox } from './busybox.ts';
import { writeDockerArchive } from './docker-archive.ts';

/**
 * The images that the node itself cannot do without: what holds a pod's namespaces, and busybox, which also makes the
 * folders of volumes. Debian's busybox stands in for the published one, under its name.
 *
 * @param folder where archives are kept, absolute
 * @returns their files
 */
export async function nodeImages(folder: string, progress: (message: string) => void): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  // Made anew when one of the files that make it has changed.
  const makers = ['busybox.ts', 'docker-archive.ts', 'node-images.ts'];
  const texts = await Promise.all(makers.map((name) => readFile(join(import.meta.dirname, name))));
  const digest = createHash('sha256').update(Buffer.concat(texts)).digest('hex').slice(0, 16);
  const [pause, busybox] = ['pause', 'busybox'].map((name) => join(folder, `${name}-${digest}.tar`)) as [
    string,
    string,
  ];
  if ((await isThere(pause)) && (await isThere(busybox))) return [pause, busybox];
  progress('Assembling the images of the node from Debian’s busybox');
  const rootfs = await mkdtemp(join(folder, 'rootfs-'));
  try {
    await layBusybox(rootfs);
    await writeDockerArchive(
      { names: ['docker.io/library/busybox:1.37.0'], rootfs, config: { Cmd: ['sh'] } },
      busybox,
    );
    await writeDockerArchive(
      { names: [pauseImage], rootfs, config: { Entrypoint: ['/bin/busybox', 'sleep', 'infinity'] } },
      pause,
    );
  } finally {
    await rm(rootfs, { recursive: true, force: true });
  }
  return [pause, busybox];
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
