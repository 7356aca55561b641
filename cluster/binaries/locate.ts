import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run, UsageError } from '@plumbline/validators';
import { type ChangedSource, changeSource } from './changed-source.ts';
import { type Pin, pinOf } from './digest.ts';
import { type BuildCache, buildCache, goBuild } from './go-build.ts';
import { type GoTool, type GoToolName, goTools } from './go-tools.ts';

export interface LocateOptions {
  /** The folder that holds a folder a tool, absolute. */
  readonly pins: string;
  /** Where built commands are kept, absolute. */
  readonly cache: string;
  readonly progress: (message: string) => void;
}

/** Milliseconds that one tool's build may take: the largest takes minutes on two cores that nobody else wants. */
const deadline = 40 * 60_000;

/**
 * The tools' commands by name, each with its absolute path: as built before from the same go.mod, go.sum, sources and
 * Go version, else built now, one tool after the other, with one build cache: most of each is in the first.
 *
 * @throws UsageError that says what to install when a tool cannot be built.
 */
export async function locateGoTools(
  names: readonly GoToolName[],
  options: LocateOptions,
): Promise<Record<string, string>> {
  const goVersion = await goVersionHere();
  const compiled = buildCache(options.cache);
  const found: Record<string, string> = {};
  try {
    for (const name of names) {
      const tool: GoTool = goTools[name];
      const pin = await pinOf(tool, join(options.pins, name), goVersion);
      const folder = join(options.cache, `${name}-${pin.digest}`);
      const commands = Object.keys(tool.commands);
      const there = await Promise.all(commands.map((command) => isExecutable(join(folder, command))));
      if (there.includes(false)) {
        await build(tool, pin, folder, compiled, options);
        await removeOlder(name, folder, options.cache);
      }
      for (const command of commands) found[command] = join(folder, command);
    }
  } finally {
    await compiled.remove();
  }
  return found;
}

async function goVersionHere(): Promise<string> {
  const answer = await run('go', ['env', 'GOVERSION'], { deadline: 30_000 }).catch(() => undefined);
  if (answer?.status !== 0) {
    throw new UsageError(
      'go is not on PATH, and the cluster is built from tools/cluster: install Go 1.26 or newer (https://go.dev/doc/install)',
    );
  }
  return answer.stdout.toString('utf8').trim();
}

async function build(
  tool: GoTool,
  pin: Pin,
  folder: string,
  compiled: BuildCache,
  options: LocateOptions,
): Promise<void> {
  const { cache, pins, progress } = options;
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  const title = `${tool.name} ${pin.version}`;
  const names = Object.keys(tool.commands);
  progress(`Building ${title} from tools/cluster/${tool.name} (once; minutes)`);
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, 'partial-'));
  let said = 0;
  let changed: ChangedSource | undefined;
  try {
    const source = join(pins, tool.name);
    if (tool.change !== undefined) {
      const module = { path: tool.module, version: pin.version };
      changed = await changeSource(tool.change, source, module, cache);
    }
    await goBuild({
      folder: source,
      modFile: changed?.modFile,
      // Several are named for their packages; one is named as wanted: etcd's package is called server.
      output: names.length === 1 ? join(partial, names[0] ?? '') : partial,
      packages: Object.values(tool.commands),
      linkerFlags: pin.linkerFlags,
      cache: await compiled.folder(),
      deadline,
      onCompiled: (count) => {
        if (seconds() < said + 10) return;
        said = seconds();
        progress(`Building ${title}: ${count} packages after ${said} s`);
      },
    });
    await rename(partial, folder).catch(async (error: NodeJS.ErrnoException) => {
      // Another run built the same meanwhile, and its result is as good.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    progress(`Built ${title} in ${seconds()} s`);
  } catch (error) {
    throw new UsageError(
      `${title} could not be built from tools/cluster/${tool.name}: ${error instanceof Error ? error.message : error}\n` +
        'It needs Go 1.26 or newer, the Go module proxy, about 5 GB of disk and 3 GB of memory while it builds.',
    );
  } finally {
    await changed?.remove();
    await rm(partial, { recursive: true, force: true });
  }
}

/** Removes what the tool was built to at other pins: the binaries of one are up to 500 MB. */
async function removeOlder(name: string, folder: string, cache: string): Promise<void> {
  const pattern = new RegExp(`^${name}-[0-9a-f]{16}$`);
  for (const entry of await readdir(cache)) {
    const path = join(cache, entry);
    if (pattern.test(entry) && path !== folder) await rm(path, { recursive: true, force: true });
  }
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
