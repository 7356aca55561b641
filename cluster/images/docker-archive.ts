import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';

/** What a container of the image starts with, in the words of an image's own configuration. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly StopSignal?: string;
}

export interface ImageSource {
  /** `docker.io/library/busybox:1.37.0`: an archive is found by its full names only. */
  readonly names: readonly string[];
  /** The folder that becomes the image's one layer, absolute; all of it is root's. */
  readonly rootfs: string;
  readonly config: ImageConfig;
}

/** Nothing of when and by whom: the same files make the same image. */
const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
const epoch = '1970-01-01T00:00:00Z';

/**
 * Writes an image as a docker-archive, which every container engine imports without a registry.
 * @param file the archive, absolute; written whole or not at all
 * @throws Error when tar fails.
 */
export async function writeDockerArchive(source: ImageSource, file: string): Promise<void> {
  const work = await mkdtemp(`${file}.partial-`);
  try {
    await tar([...reproducible, '-C', source.rootfs, '-cf', join(work, 'layer.tar'), '.']);
    const digest = await sha256(join(work, 'layer.tar'));
    const image = {
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      created: epoch,
      config: source.config,
      rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
      history: [{ created: epoch }],
    };
    const manifest = [{ Config: 'config.json', RepoTags: source.names, Layers: ['layer.tar'] }];
    await writeFile(join(work, 'config.json'), JSON.stringify(image));
    await writeFile(join(work, 'manifest.json'), JSON.stringify(manifest));
    const parts = ['manifest.json', 'config.json', 'layer.tar'];
    await tar([...reproducible, '-C', work, '-cf', join(work, 'image.tar'), ...parts]);
    await rename(join(work, 'image.tar'), file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function tar(args: readonly string[]): Promise<void> {
  const done = await run('tar', args, { deadline: 5 * 60_000 });
  if (done.status !== 0) throw new Error(`tar ${args.join(' ')}: ${done.stderr.trim()}`);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
