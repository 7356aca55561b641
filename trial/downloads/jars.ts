import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, UsageError } from '@plumbline/validators';
import { download } from './store.ts';

/** Of the Maven plugin that copies dependencies. */
const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/**
 * The jars that `trial/downloads/<name>/pom.xml` lists, in one folder; each must have the SHA-256 that stands in
 * `jars.sha256` beside it, and none may be missing or extra.
 * @throws UsageError that says what to install where Maven or Java is not there.
 */
export function jars(name: string, say: (message: string) => void): Promise<string> {
  const folder = join(import.meta.dirname, name);
  const [pom, lock] = [join(folder, 'pom.xml'), join(folder, 'jars.sha256')];
  return download(name, [pom, lock], async (into) => {
    say(`Fetching the jars of ${name} from Maven's central repository (once) ...`);
    const args = ['-q', '-B', '-f', pom, plugin, `-DoutputDirectory=${into}`, '-DincludeScope=runtime'];
    const fetched = await run('mvn', args, { deadline: 5 * 60_000 }).catch((error: Error) => {
      throw new UsageError(
        `${name}: ${error.message}\nInstall Java 17 and Maven (Debian: apt-get install openjdk-17-jre-headless maven), or Docker.`,
      );
    });
    if (fetched.status !== 0) {
      throw new UsageError(`${name}: Maven could not fetch ${pom}:\n${fetched.stdout}${fetched.stderr}`);
    }
    await verify(into, await readFile(lock, 'utf8'));
  });
}

/** @throws Error that names each file whose content is not the pinned one, that is missing, or that is not pinned. */
export async function verify(folder: string, lock: string): Promise<void> {
  const pinned = new Map(
    lock
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(66), line.slice(0, 64)] as const),
  );
  const wrong: string[] = [];
  const found = await readdir(folder);
  for (const file of found) {
    const digest = createHash('sha256')
      .update(await readFile(join(folder, file)))
      .digest('hex');
    if (pinned.get(file) === undefined) wrong.push(`${file} is not pinned`);
    else if (pinned.get(file) !== digest) wrong.push(`${file} has ${digest}, not what is pinned`);
  }
  for (const file of pinned.keys()) if (!found.includes(file)) wrong.push(`${file} is missing`);
  if (wrong.length > 0) throw new Error(`what was fetched is not what is pinned:\n${wrong.join('\n')}`);
}
