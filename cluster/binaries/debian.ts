import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run, UsageError } from '@plumbline/validators';

/** What the cluster takes from the machine's distribution: a program, and Debian's package that has it. */
const programs: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  ip: 'iproute2',
  nft: 'nftables',
  conntrack: 'conntrack',
  openssl: 'openssl',
  tar: 'tar',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  mount: 'mount',
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
};

const minutes = 60_000;

/** The same as every script's here: apt refuses two at once. */
const lock = ['--timeout', '600', '/tmp/plumbline-apt.lock'];

/**
 * Sees that the programs are there which a Linux distribution has; on Debian and its kin, as root, installs the
 * packages of those that are not.
 *
 * @throws UsageError that names the packages when they cannot be installed.
 */
export async function ensureDebianPackages(progress: (message: string) => void): Promise<void> {
  const missing = await missingPackages();
  if (missing.length === 0) return;
  const byHand = `apt-get install ${missing.join(' ')}`;
  if (process.getuid?.() !== 0)
    throw new UsageError(`the cluster needs packages that are not there: ${byHand}`);
  progress(`Installing ${missing.join(', ')} (apt-get)`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '--yes', '--quiet', '--no-install-recommends', ...missing];
  const options = { env, deadline: 10 * minutes };
  const apt = (args: readonly string[]) => run('flock', [...lock, 'apt-get', ...args], options);
  const first = await apt(install).catch((error: Error) => error);
  if (first instanceof Error)
    throw new UsageError(`the cluster needs ${missing.join(', ')}: ${first.message}`);
  if (first.status === 0) return;
  // The lists of a fresh machine are empty or old.
  await apt(['update', '--quiet']);
  const second = await apt(install);
  if (second.status !== 0) throw new UsageError(`${byHand}\nfailed: ${second.stderr.trim()}`);
}

async function missingPackages(): Promise<string[]> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const missing = new Set<string>();
  for (const [program, name] of Object.entries(programs)) {
    const paths = program.startsWith('/') ? [program] : folders.map((folder) => join(folder, program));
    const there = await Promise.all(paths.map(isExecutable));
    if (!there.includes(true)) missing.add(name);
  }
  return [...missing].sort();
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * Unpacks a Debian package into a folder without installing it: a part of an image.
 * @throws UsageError when apt-get has it not.
 */
export async function unpackDebianPackage(name: string, folder: string): Promise<void> {
  const fetch = () => run('apt-get', ['download', '--quiet', name], { cwd: folder, deadline: 5 * minutes });
  let fetched = await fetch();
  if (fetched.status !== 0) {
    await run('apt-get', ['update', '--quiet'], { deadline: 5 * minutes });
    fetched = await fetch();
  }
  const unpacked = await run('sh', ['-c', `dpkg-deb --extract ${name}_*.deb . && rm ${name}_*.deb`], {
    cwd: folder,
    deadline: 2 * minutes,
  });
  if (fetched.status !== 0 || unpacked.status !== 0) {
    throw new UsageError(
      `Debian's package ${name} could not be had: ${`${fetched.stderr}${unpacked.stderr}`.trim()}`,
    );
  }
}
