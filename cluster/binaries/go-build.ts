import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * What every tool is built with. One set for all, since other flags compile everything again; and without -trimpath, by
 * which the cache knows a replaced module as the version that it stands in for, so that nothing of it is shared.
 */
export const buildFlags: readonly string[] = [
  '-buildvcs=false',
  // The linker drops what debuggers want anyway.
  '-gcflags=all=-dwarf=false',
  // Argo CD 3.2 wants methods that Kubernetes' types have since 1.35 only with this.
  '-tags=kubernetes_protomessage_one_more_release',
];

export interface GoBuild {
  /** The folder with go.mod, absolute. */
  readonly folder: string;
  /** The folder that the binaries are written to, absolute and there; or, for one package, the file. */
  readonly output: string;
  readonly packages: readonly string[];
  readonly linkerFlags: string;
  /** Where Go keeps what it compiles, absolute: see {@link buildCache}. */
  readonly cache: string;
  /** What stands in for the folder's go.mod, absolute. */
  readonly modFile?: string | undefined;
  /** Milliseconds. */
  readonly deadline: number;
  /** Called with the number of packages that are compiled so far. */
  readonly onCompiled: (count: number) => void;
}

export interface BuildCache {
  /** The folder, absolute; the first call makes it. */
  readonly folder: () => Promise<string>;
  /** Removes the folder, when it was made. */
  readonly remove: () => Promise<void>;
}

/**
 * A folder where Go keeps what it compiles, for several builds: what they share is compiled once. It grows to gigabytes,
 * and the binaries are all that is wanted of it, so whoever asked for it removes it after the last. PLUMBLINE_GO_CACHE
 * names a folder that is used instead, and kept.
 *
 * @param parent where it is made under a name of its own, absolute and there
 */
export function buildCache(parent: string): BuildCache {
  const kept = process.env.PLUMBLINE_GO_CACHE;
  if (kept !== undefined) return { folder: async () => kept, remove: async () => {} };
  let made: Promise<string> | undefined;
  return {
    folder: () => {
      made ??= mkdtemp(join(parent, 'go-build-'));
      return made;
    },
    remove: async () => {
      if (made !== undefined) await rm(await made, { recursive: true, force: true });
    },
  };
}

/** The compiler is a process for each package and gives its memory back at its end: collecting it is a fifth of its work. */
const seldomCollecting = { GOGC: '400' };

/** Where the kernel shares the processor out among sessions first, being nice counts inside one's own only. */
const politely = 'echo 10 2>/dev/null >/proc/self/autogroup; exec nice -n 10 go "$@"';

/**
 * Builds Go packages without cgo, politely (`nice`).
 *
 * @throws Error with Go's own last lines when it fails, or passes its deadline.
 */
export function goBuild(build: GoBuild): Promise<void> {
  const { folder, output, packages, linkerFlags, cache, modFile, deadline, onCompiled } = build;
  const instead = modFile === undefined ? [] : [`-modfile=${modFile}`];
  const go = ['build', '-v', ...buildFlags, ...instead, '-ldflags', linkerFlags, '-o', output];
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', politely, 'sh', ...go, ...packages], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      // In a group of its own, so that the compilers end with it.
      detached: true,
      env: {
        ...process.env,
        ...seldomCollecting,
        CGO_ENABLED: '0',
        GOFLAGS: '-mod=readonly',
        GOCACHE: cache,
      },
    });
    const end = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    };
    process.once('exit', end);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end();
    }, deadline);
    let compiled = 0;
    const said: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      // With -v Go prints the path of each package that it compiles, and of each module that it fetches.
      if (/^[\w.~/-]+$/.test(line)) onCompiled(++compiled);
      else if (!line.startsWith('go: downloading ')) said.push(line);
    });
    child.on('error', reject);
    child.on('close', (status) => {
      clearTimeout(timer);
      process.off('exit', end);
      if (late) reject(new Error(`go build took longer than ${deadline / 60_000} min and was stopped`));
      else if (status === 0) resolve();
      else reject(new Error(said.slice(-20).join('\n') || `go build ended with status ${status}`));
    });
  });
}
