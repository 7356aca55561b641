import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run, UsageError } from '@plumbline/validators';
import { download } from './store.ts';
import { fetchSources } from './wheels.ts';

export interface PySpark {
  /** Its commands and jars: SPARK_HOME. */
  readonly home: string;
  /** What Python imports it from: PYTHONPATH. */
  readonly python: string;
}

/** Of the package, what a driver on one machine needs: no examples, no data. */
const parts = ['deps/bin', 'deps/jars', 'lib/py4j-0.10.9.7-src.zip', 'pyspark'];

/** Spark 3.5.7 with Python's side of it, pinned by its SHA-256. @throws UsageError that says what to install. */
export async function pySpark(say: (message: string) => void): Promise<PySpark> {
  const requirements = join(import.meta.dirname, 'pyspark-3.5.7', 'requirements.txt');
  const folder = await download('pyspark-3.5.7', [requirements], async (into) => {
    say('Fetching Spark 3.5.7 as a package (once, 320 MB) ...');
    await fetchSources(requirements, into).catch((error: Error) => {
      throw new UsageError(`Spark is not to be had: ${error.message}\nInstall Python with pip, or Docker.`);
    });
    const archive = join(into, 'pyspark-3.5.7.tar.gz');
    const members = parts.map((part) => `pyspark-3.5.7/${part}`);
    const unpack = ['-xzf', archive, '-C', into, '--strip-components=1', ...members];
    const unpacked = await run('tar', unpack, { deadline: 5 * 60_000 });
    if (unpacked.status !== 0) throw new Error(unpacked.stderr.trim());
    await rm(archive);
  });
  return {
    home: join(folder, 'deps'),
    python: [folder, join(folder, 'lib', 'py4j-0.10.9.7-src.zip')].join(':'),
  };
}
