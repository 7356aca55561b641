import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run } from '../process/run.ts';
import { UsageError } from '../usage-error.ts';

/** A command that the check runs, and where its version is pinned. */
interface Tool {
  readonly name: 'kustomize' | 'kubeconform';
  /** The Go module whose version in tools/go.mod is the pin. */
  readonly module: string;
  readonly versionArgs: readonly string[];
}

const tools: readonly Tool[] = [
  { name: 'kustomize', module: 'sigs.k8s.io/kustomize/kustomize/v5', versionArgs: ['version'] },
  { name: 'kubeconform', module: 'github.com/yannh/kubeconform', versionArgs: ['-v'] },
];

/** The commands that the check runs, by absolute path, with the version each was found or built at. */
export interface Tools {
  readonly kustomize: string;
  readonly kubeconform: string;
  /** `kustomize v5.8.1, kubeconform v0.8.0`: part of every cached result's name. */
  readonly versions: string;
}

export interface LocateOptions {
  /** The folder with go.mod and go.sum. */
  readonly pins: string;
  /** Where built commands are kept. */
  readonly cache: string;
  /** Called when something takes longer than a moment. */
  readonly progress: (message: string) => void;
  /** The folders searched for commands; by default those of PATH. */
  readonly path?: string;
}

/**
 * Finds kustomize and kubeconform: on PATH when their version is the pinned one or a newer patch of it, else as
 * built before, else by building them from the pinned modules with Go.
 * @throws UsageError that says how to install them when none of the three is to be had.
 */
export async function locateTools(options: LocateOptions): Promise<Tools> {
  const goMod = await readFile(join(options.pins, 'go.mod'), 'utf8');
  const goSum = await readFile(join(options.pins, 'go.sum'), 'utf8');
  const found = new Map<string, string>();
  const versions: string[] = [];
  for (const tool of tools) {
    const pinned = pinnedVersion(goMod, tool.module);
    const onPath = await findOnPath(tool, pinned, options.path ?? process.env.PATH ?? '');
    if (onPath !== undefined) found.set(tool.name, onPath.path);
    versions.push(`${tool.name} ${onPath?.version ?? pinned}`);
  }
  const missing = tools.filter((tool) => !found.has(tool.name));
  if (missing.length > 0) {
    const digest = createHash('sha256').update(goMod).update(goSum).digest('hex').slice(0, 16);
    const folder = join(options.cache, `${digest}-${process.platform}-${process.arch}`);
    const built = await Promise.all(missing.map((tool) => isExecutable(join(folder, tool.name))));
    if (built.includes(false)) await build(folder, missing, goMod, options);
    for (const tool of missing) found.set(tool.name, join(folder, tool.name));
  }
  return {
    kustomize: found.get('kustomize') ?? '',
    kubeconform: found.get('kubeconform') ?? '',
    versions: versions.join(', '),
  };
}

/** The version that go.mod requires of a module, as `v5.8.1`. */
function pinnedVersion(goMod: string, module: string): string {
  const line = goMod.split('\n').find((text) => text.trim().startsWith(`${module} v`));
  const version = line?.trim().split(/\s+/)[1];
  if (version === undefined)
    throw new UsageError(`tools/go.mod does not require ${module}: run go mod tidy there`);
  return version;
}

/** True when a version is the pinned one or a newer patch of the same minor version. */
export function fitsPin(version: string, pinned: string): boolean {
  const [have, want] = [version, pinned].map((text) => /^v?(\d+)\.(\d+)\.(\d+)$/.exec(text.trim()));
  if (!have || !want) return false;
  return have[1] === want[1] && have[2] === want[2] && Number(have[3]) >= Number(want[3]);
}

async function findOnPath(
  tool: Tool,
  pinned: string,
  path: string,
): Promise<{ readonly path: string; readonly version: string } | undefined> {
  for (const folder of path.split(delimiter).filter((part) => part !== '')) {
    const candidate = join(folder, tool.name);
    if (!(await isExecutable(candidate))) continue;
    const answer = await run(candidate, tool.versionArgs, { deadline: 10_000 }).catch(() => undefined);
    const said = answer?.stdout.toString('utf8').trim() ?? '';
    // Built by `go install` a command may say "development"; Go writes the version into it all the same.
    const version =
      answer === undefined || /\d/.test(said) ? said : await versionInside(candidate, tool.module);
    if (fitsPin(version, pinned)) return { path: candidate, version };
  }
  return undefined;
}

/** The version of a module that Go's build information in a binary names; empty where it names none. */
async function versionInside(file: string, module: string): Promise<string> {
  const content = await readFile(file).catch(() => Buffer.alloc(0));
  const mark = `mod\t${module}\t`;
  const at = content.indexOf(mark);
  if (at < 0) return '';
  const start = at + mark.length;
  return /^v[\d.]+(?=\t)/.exec(content.subarray(start, start + 40).toString('latin1'))?.[0] ?? '';
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function build(
  folder: string,
  missing: readonly Tool[],
  goMod: string,
  options: LocateOptions,
): Promise<void> {
  const names = missing.map((tool) => tool.name).join(' and ');
  options.progress(`Building ${names} from tools/go.mod (once, about a minute) ...`);
  await mkdir(options.cache, { recursive: true });
  const partial = await mkdtemp(join(options.cache, 'partial-'));
  try {
    const built = await run('go', ['install', 'tool'], {
      cwd: options.pins,
      env: { GOBIN: partial, GOFLAGS: '-mod=readonly' },
      deadline: 15 * 60_000,
    });
    if (built.status !== 0) throw new Error(built.stderr.trim());
    // One by one, each whole: another run may do the same at the same time, and its result is as good.
    await mkdir(folder, { recursive: true });
    for (const { name } of missing) await rename(join(partial, name), join(folder, name));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const wanted = missing.map((tool) => `  ${tool.name} ${pinnedVersion(goMod, tool.module)}`).join('\n');
    throw new UsageError(
      `${names} could not be built (${reason}).\nInstall Go 1.26 or newer (https://go.dev/doc/install) so that they ` +
        `are built from tools/go.mod, or put these versions on PATH:\n${wanted}`,
    );
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
