import { join } from 'node:path';
import { UsageError } from '@plumbline/validators';
import { download } from './store.ts';
import { fetchWheels } from './wheels.ts';

/** The folder of the wheels of Cassandra's shell, pinned by their SHA-256. @throws UsageError that says what to install. */
export function cqlshWheels(say: (message: string) => void): Promise<string> {
  const requirements = join(import.meta.dirname, 'cqlsh', 'requirements.txt');
  return download('cqlsh', [requirements], async (into) => {
    say("Fetching Cassandra's cqlsh as wheels (once) ...");
    await fetchWheels(requirements, into).catch((error: Error) => {
      throw new UsageError(
        `cqlsh is not to be had: ${error.message}\nInstall Python 3.8 to 3.12 with pip, or Docker.`,
      );
    });
  });
}
