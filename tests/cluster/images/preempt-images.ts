import { chmod, cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mysqlPrograms } from '../../../trial/downloads/mysql.ts';
import { assemble, must, type StandIns } from './assemble.ts';

const here = import.meta.dirname;

/** What stands in for the images of preempt's data systems. */
const preempt: StandIns = {
  system: 'preempt',
  about: 'MySQL and Redis',
  names: ['docker.io/library/mysql:8.4.11', 'docker.io/library/redis:7.2.16'],
  // The server is MySQL's own; its clients are MariaDB's.
  packages: ['redis-server', 'redis-tools', 'mariadb-client', 'libaio1', 'libnuma1', 'tzdata', 'busybox'],
  users: ['mysql:x:999:999::/var/lib/mysql'],
  sources: [import.meta.filename, join(here, 'mysql'), join(here, '../../../trial/downloads/mysql-8.0.15')],
  commands: { mvn: 'maven', unzip: 'unzip' },
  async lay(rootfs, say) {
    const { home } = await mysqlPrograms('mysql', say);
    if (home === undefined)
      throw new Error("this machine's own MySQL cannot be copied into an image: remove it");
    await cp(home, join(rootfs, 'opt/mysql'), { recursive: true });
    const entrypoint = join(rootfs, 'usr/local/bin/docker-entrypoint.sh');
    await cp(join(here, 'mysql/docker-entrypoint.sh'), entrypoint);
    await chmod(entrypoint, 0o755);
    // The package lets nobody but its own user in.
    await rm(join(rootfs, 'etc/redis'), { recursive: true });
    // Downloads are kept in folders of their owner alone; in the image other users run them.
    await must('chmod', ['-R', 'a+rX', join(rootfs, 'opt')]);
  },
  // Redis is given its command by the manifest.
  config: { Env: ['LANG=C.UTF-8'], Entrypoint: ['docker-entrypoint.sh'], WorkingDir: '/data' },
};

/** The archive of preempt's stand-ins, assembled where it is not there. @param folder where archives are kept, absolute */
export function preemptImages(folder: string, say: (message: string) => void): Promise<string> {
  return assemble(preempt, folder, say);
}
