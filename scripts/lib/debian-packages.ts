import { access } from 'node:fs/promises';
import { run } from '@plumbline/validators';

/** How long packages may take to come, in milliseconds. */
const deadline = 10 * 60_000;

/** Two that install at the same moment wait for each other: apt refuses the second one's list of packages. */
export const aptLock = ['--timeout', String(deadline / 1000), '/tmp/plumbline-apt.lock'];

/**
 * Installs Debian's packages, as root on Debian and its likes.
 * @param way the way out, for a person who has to do it.
 * @returns the reason why they could not be installed, with the way out; undefined when they are.
 */
export async function installDebianPackages(
  names: readonly string[],
  way: string,
  say: (message: string) => void = () => {},
): Promise<string | undefined> {
  const debian = await access('/etc/debian_version').then(
    () => true,
    () => false,
  );
  if (!debian || process.getuid?.() !== 0) return way;
  say(`Installing ${names.join(', ')} (apt-get) ...`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', ...names]]) {
    const finished = await run('flock', [...aptLock, 'apt-get', ...options, ...args], {
      env,
      deadline,
    }).catch((error: Error) => error);
    if (finished instanceof Error) return `${finished.message}: ${way}`;
    if (finished.status !== 0) return `apt-get ${args.join(' ')} failed (${finished.stderr.trim()}): ${way}`;
  }
  return undefined;
}
