import { UsageError } from '@plumbline/validators';
import { which } from 'zx';
import { installDebianPackages } from '../../scripts/lib/debian-packages.ts';

/**
 * The path of a command: installed by its Debian package where it is missing, as root on Debian.
 * @throws UsageError that says what to install.
 */
export async function requireCommand(
  command: string,
  packageName: string,
  say: (message: string) => void,
): Promise<string> {
  // The folder of servers is in root's PATH only.
  const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  const found = await which(command, { nothrow: true, path });
  if (found !== null) return found;
  const way = `install ${command} (Debian: apt-get install ${packageName}), or Docker`;
  const why = await installDebianPackages([packageName], way, say);
  const installed = await which(command, { nothrow: true, path });
  if (installed === null) throw new UsageError(why ?? `${packageName} brought no ${command}: ${way}`);
  return installed;
}
