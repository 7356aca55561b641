import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { unpackDebianPackage } from '../binaries/index.ts';

/**
 * Lays out what a small image needs: Debian's static busybox with its commands, users, and folders to write to.
 * @param folder an empty folder, absolute
 * @throws Error when the package is not to be had.
 */
export async function layBusybox(folder: string): Promise<void> {
  const unpacked = join(folder, '.debian');
  const bin = join(folder, 'bin');
  await mkdir(unpacked, { recursive: true });
  await unpackDebianPackage('busybox-static', unpacked);
  for (const name of ['bin', 'etc', 'tmp', 'dev', 'proc', 'sys', 'root', 'var', 'home']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  await chmod(folder, 0o755);
  await chmod(join(folder, 'tmp'), 0o1777);
  await copyFile(join(unpacked, 'bin/busybox'), join(bin, 'busybox'), constants.COPYFILE_EXCL);
  const list = await run(join(bin, 'busybox'), ['--list'], { deadline: 10_000 });
  for (const name of list.stdout.toString('utf8').split('\n')) {
    if (name !== '' && name !== 'busybox') await symlink('busybox', join(bin, name));
  }
  await writeFile(join(folder, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n');
  await writeFile(join(folder, 'etc/group'), 'root:x:0:\nnobody:x:65534:\n');
  await run('rm', ['-rf', unpacked], { deadline: 10_000 });
}
