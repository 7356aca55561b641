import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run, UsageError } from '@plumbline/validators';
import { download } from './store.ts';

/** A public repository that is a Go module: its releases can be had as such, each by its checksum. */
export interface PublicModule {
  readonly module: string;
  /** The folders with its kustomizations, and all that these read. */
  readonly folders: readonly string[];
  /** Its releases from the oldest, with what `go mod download` sums each up to. */
  readonly versions: Readonly<Record<string, string>>;
}

const list = join(import.meta.dirname, 'public-releases', 'modules.json');

/**
 * Releases of public Kustomize repositories, from Go's proxy: `<folder>/<module>/<version>` holds the folders of each that matter.
 * @throws UsageError with Go's words where they cannot be had, or are not what is pinned
 */
export async function publicReleases(
  say: (message: string) => void,
): Promise<{ readonly folder: string; readonly modules: readonly PublicModule[] }> {
  const modules = JSON.parse(await readFile(list, 'utf8')) as readonly PublicModule[];
  const folder = await download('public-releases', [list], async (into) => {
    say('Fetching releases of public Kustomize repositories as Go modules (once, 35 MB) ...');
    const store = join(into, 'modules');
    for (const one of modules) await fetchModule(one, store, join(into, one.module));
    await rm(store, { recursive: true, force: true });
  });
  return { folder, modules };
}

/** What Go says of a module that it fetched. */
interface Fetched {
  readonly Version: string;
  readonly Sum?: string;
  readonly Dir?: string;
  readonly Error?: string;
}

async function fetchModule(
  { module, folders, versions }: PublicModule,
  store: string,
  into: string,
): Promise<void> {
  await mkdir(store, { recursive: true });
  const names = Object.keys(versions).map((version) => `${module}@${version}`);
  const { stdout, stderr } = await run('go', ['mod', 'download', '-json', ...names], {
    cwd: store,
    // Files of its own, which can be removed again.
    env: { GOMODCACHE: store, GOFLAGS: '-modcacherw', GOTOOLCHAIN: 'local' },
    deadline: 5 * 60_000,
  }).catch((error: Error) => {
    throw new UsageError(`${module}: ${error.message}\nInstall Go 1.26 or newer.`);
  });
  const fetched = stdout
    .toString('utf8')
    .split(/^(?=\{)/m)
    .filter((text) => text.trim() !== '')
    .map((text) => JSON.parse(text) as Fetched);
  for (const [version, sum] of Object.entries(versions)) {
    const one = fetched.find(({ Version }) => Version === version);
    if (one?.Dir === undefined || one.Sum === undefined)
      throw new UsageError(`${module}@${version} is not to be had: ${one?.Error ?? stderr.trim()}`);
    if (one.Sum !== sum) throw new UsageError(`${module}@${version} is ${one.Sum}, and ${sum} is pinned`);
    for (const folder of folders)
      await cp(join(one.Dir, folder), join(into, version, folder), { recursive: true });
  }
}
