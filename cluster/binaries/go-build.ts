import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface GoBuild {
  /** The folder with go.mod, absolute. */
  readonly folder: string;
  /** The folder that the binaries are written to, absolute and there; or, for one package, the file. */
  readonly output: string;
  readonly packages: readonly string[];
  readonly linkerFlags: string;
  /** Where Go may keep what it compiles until the build ends, absolute; gigabytes. */
  readonly scratch: string;
  /** Milliseconds. */
  readonly deadline: number;
  /** Called with the number of packages that are compiled so far. */
  readonly onCompiled: (count: number) => void;
}

/**
 * Builds Go packages without cgo, politely (`nice`), with a build cache that is removed afterwards: it grows to ten
 * gigabytes, and the binaries are all that is wanted of it. PLUMBLINE_GO_CACHE names a folder that is kept instead.
 *
 * @throws Error with Go's own last lines when it fails, or passes its deadline.
 */
export async function goBuild(build: GoBuild): Promise<void> {
  const kept = process.env.PLUMBLINE_GO_CACHE;
  const cache = kept ?? (await mkdtemp(join(build.scratch, 'go-build-')));
  try {
    await run(build, cache);
  } finally {
    if (kept === undefined) await rm(cache, { recursive: true, force: true });
  }
}

function run(build: GoBuild, cache: string): Promise<void> {
  const { folder, output, packages, linkerFlags, deadline, onCompiled } = build;
  const go = ['build', '-v', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags, '-o', output];
  return new Promise((resolve, reject) => {
    const child = spawn('nice', ['-n', '10', 'go', ...go, ...packages], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      // In a group of its own, so that the compilers end with it.
      detached: true,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOCACHE: cache },
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
