import { constants, existsSync } from 'node:fs';
import { chmod, copyFile, cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { unpackDebianPackage } from '../binaries/index.ts';

/** Debian builds busybox without nc's -z and -v, which the published image has: for these it connects, and runs nothing. */
export const nc = `#!/bin/sh
case "$1" in
  -zv | -vz | -z) ;;
  *) exec busybox nc "$@" ;;
esac
busybox nc -w 5 "$2" "$3" -e /bin/true < /dev/null && echo "$2 ($2:$3) open"
`;

/**
 * Lays out what a small image needs: Debian's busybox with its commands and its C library, users, and folders to write
 * to. The static one would not do: its shell runs its own nc, whatever stands in the PATH.
 * @param folder an empty folder, absolute
 * @throws Error when a package is not to be had.
 */
export async function layBusybox(folder: string): Promise<void> {
  const unpacked = join(folder, '.debian');
  const bin = join(folder, 'bin');
  await mkdir(unpacked, { recursive: true });
  for (const name of ['busybox', 'libc6']) await unpackDebianPackage(name, unpacked);
  for (const name of ['bin', 'etc', 'tmp', 'dev', 'proc', 'sys', 'root', 'var', 'home']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  await chmod(folder, 0o755);
  await chmod(join(folder, 'tmp'), 0o1777);
  for (const name of ['lib', 'lib64']) {
    const from = join(unpacked, name);
    if (existsSync(from)) await cp(from, join(folder, name), { recursive: true, verbatimSymlinks: true });
  }
  await copyFile(join(unpacked, 'bin/busybox'), join(bin, 'busybox'), constants.COPYFILE_EXCL);
  const list = await run('chroot', [folder, '/bin/busybox', '--list'], { deadline: 10_000 });
  for (const name of list.stdout.toString('utf8').split('\n')) {
    if (!['', 'busybox', 'nc'].includes(name)) await symlink('busybox', join(bin, name));
  }
  await writeFile(join(bin, 'nc'), nc, { mode: 0o755 });
  await writeFile(join(folder, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n');
  await writeFile(join(folder, 'etc/group'), 'root:x:0:\nnobody:x:65534:\n');
  await run('rm', ['-rf', unpacked], { deadline: 10_000 });
}
