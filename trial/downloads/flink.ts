import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run, UsageError } from '@plumbline/validators';
import { download } from './store.ts';
import { fetchSources } from './wheels.ts';

/** Of the package, what a cluster and its SQL client need: no Python, no licences. */
const parts = ['bin', 'lib', 'opt', 'plugins/metrics-prometheus'];

/** Flink 1.20.5 as its distribution has it, but for the scripts, pinned by its SHA-256. @throws UsageError that says what to install. */
export function flinkDistribution(say: (message: string) => void): Promise<string> {
  const requirements = join(import.meta.dirname, 'flink-1.20.5', 'requirements.txt');
  return download('flink-1.20.5', [requirements], async (into) => {
    say('Fetching Flink 1.20.5 as a package (once, 230 MB) ...');
    await fetchSources(requirements, into).catch((error: Error) => {
      throw new UsageError(`Flink is not to be had: ${error.message}\nInstall Python with pip.`);
    });
    const archive = join(into, 'apache_flink_libraries-1.20.5.tar.gz');
    const members = parts.map((part) => `apache_flink_libraries-1.20.5/deps/${part}`);
    const unpack = ['-xzf', archive, '-C', into, '--strip-components=2', ...members];
    const unpacked = await run('tar', unpack, { deadline: 5 * 60_000 });
    if (unpacked.status !== 0) throw new Error(unpacked.stderr.trim());
    await rm(archive);
  });
}
