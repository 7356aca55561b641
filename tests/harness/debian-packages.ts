import { which } from 'zx';
import { installDebianPackages } from '../../scripts/lib/debian-packages.ts';

/**
 * Brings commands that a test needs, each by the Debian package that it comes in.
 * @returns the reason why they are not there, or undefined when all are.
 */
export async function bring(wanted: Readonly<Record<string, string>>): Promise<string | undefined> {
  const missing: string[] = [];
  for (const [command, name] of Object.entries(wanted)) {
    if ((await which(command, { nothrow: true })) === null) missing.push(name);
  }
  if (missing.length === 0) return undefined;
  return installDebianPackages(
    missing,
    `install ${missing.join(', ')} (Debian: apt-get install ${missing.join(' ')})`,
  );
}
