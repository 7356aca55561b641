import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeDockerArchive } from '../../../cluster/index.ts';
import { root } from '../harness/test-cluster.ts';

/**
 * Assembles an image of metrics-server, the program that tools/cluster pins.
 * @param name the image that the manifest names
 * @param program the path of its command
 * @returns the archive
 */
export async function metricsServerImage(name: string, program: string): Promise<string> {
  const folder = join(root, '.cache', 'cluster', 'images');
  await mkdir(folder, { recursive: true });
  // A tool's folder is named by its version and its pins.
  const digest = createHash('sha256')
    .update(`${name} ${basename(dirname(program))}`)
    .digest('hex')
    .slice(0, 16);
  const archive = join(folder, `metrics-server-${digest}.tar`);
  if (existsSync(archive)) return archive;
  const rootfs = await mkdtemp(join(folder, 'rootfs-'));
  try {
    await cp(program, join(rootfs, 'metrics-server'));
    await mkdir(join(rootfs, 'tmp'), { mode: 0o1777 });
    await writeDockerArchive({ names: [name], rootfs, config: { Entrypoint: ['/metrics-server'] } }, archive);
  } finally {
    await rm(rootfs, { recursive: true, force: true });
  }
  return archive;
}
