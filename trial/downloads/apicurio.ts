import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run, UsageError } from '@plumbline/validators';
import { verify } from './jars.ts';
import { download } from './store.ts';

/** Of the Maven plugin: newer ones read an artifact's parents first, and not every mirror has them. */
const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:2.10:copy';
const artifact = 'io.apicurio:apicurio-registry-app:3.0.9:tar.gz:all';

/** The folder of Apicurio Registry 3.0.9, pinned by its SHA-256. @throws UsageError that says what to install. */
export function apicurio(say: (message: string) => void): Promise<string> {
  const lock = join(import.meta.dirname, 'apicurio-3.0.9', 'archive.sha256');
  return download('apicurio-3.0.9', [lock], async (into) => {
    say("Fetching Apicurio Registry 3.0.9 from Maven's central repository (once, 109 MB) ...");
    const args = ['-q', '-B', plugin, `-Dartifact=${artifact}`, `-DoutputDirectory=${into}`];
    const fetched = await run('mvn', args, { deadline: 5 * 60_000 }).catch((error: Error) => {
      throw new UsageError(
        `Apicurio Registry: ${error.message}\nInstall Java 17 and Maven (Debian: apt-get install openjdk-17-jre-headless maven), or Docker.`,
      );
    });
    if (fetched.status !== 0) {
      throw new UsageError(`Maven could not fetch ${artifact}:\n${fetched.stdout}${fetched.stderr}`);
    }
    await verify(into, await readFile(lock, 'utf8'));
    const archive = join(into, 'apicurio-registry-app-3.0.9-all.tar.gz');
    const unpacked = await run('tar', ['-xzf', archive, '-C', into], { deadline: 60_000 });
    if (unpacked.status !== 0) throw new Error(unpacked.stderr.trim());
    await rm(archive);
  });
}
