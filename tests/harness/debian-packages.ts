import { access } from 'node:fs/promises';
import { run } from '@plumbline/validators';
import { which } from 'zx';

/** Commands by the Debian package that brings them. */
export type Wanted = Readonly<Record<string, string>>;

/**
 * Brings commands that a test needs: those that are missing are installed, where this is Debian and we are root.
 * @returns the reason why it cannot be, or undefined when all are there.
 * @throws Error when an installation fails.
 */
export async function bring(wanted: Wanted): Promise<string | undefined> {
  const missing: string[] = [];
  for (const [command, name] of Object.entries(wanted)) {
    if ((await which(command, { nothrow: true })) === null) missing.push(name);
  }
  if (missing.length === 0) return undefined;
  const debian = await access('/etc/debian_version').then(
    () => true,
    () => false,
  );
  if (!debian || process.getuid?.() !== 0)
    return `it needs ${missing.join(', ')}: apt-get install ${missing.join(' ')}`;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', ...missing]]) {
    const lock = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
    const { status, stderr } = await run('apt-get', [...lock, ...args], { env, deadline: 600_000 });
    if (status !== 0) throw new Error(`apt-get ${args.join(' ')}: ${stderr}`);
  }
  return undefined;
}
