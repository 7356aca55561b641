import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '@plumbline/validators';
import { expand, type PodContainer } from './overlay/container.ts';
import { mapAddresses, mapEnv, mapPaths } from './overlay/mapping.ts';
import { containerProcess } from './process/docker.ts';
import { type Running, start } from './process/start.ts';
import type { Trial } from './trial.ts';

/** What a container gets on this machine beyond what its manifest says. */
export interface Here {
  /** Variables that replace the manifest's, after mapping. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments behind the manifest's: an address. */
  readonly args?: readonly string[];
  /** What else changes in a mounted file: an address that no `name:port` says. */
  readonly edit?: (text: string, path: string) => string;
  /** Where a process finds what is in the image: its commands, by path, and other paths. */
  readonly standIn?: StandIn;
  /** A number to tell apart containers of one name. */
  readonly label?: string;
}

export interface StandIn {
  /** Folders of commands, before those of PATH. */
  readonly bin: readonly string[];
  readonly paths?: ReadonlyMap<string, string>;
  readonly env?: Readonly<Record<string, string>>;
  /** Who it runs as; this process's user by default. */
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly cwd?: string;
  /** The repository's own code, of an image that is built here: a process, whatever runs the published images. */
  readonly ours?: boolean;
}

export interface RunningContainer extends Running {
  /** Runs a command as the container's own probes would; its exit status. */
  readonly exec: (command: readonly string[], env?: Readonly<Record<string, string>>) => Promise<number>;
}

/**
 * Starts a container of the rendered system: its command, variables and mounted files, with the names of the cluster
 * mapped to this machine. As a process, paths are mapped too, and nothing of this process's environment but PATH, the
 * locale and the repository's compiled code reaches it.
 */
export async function runContainer(
  trial: Trial,
  container: PodContainer,
  here: Here = {},
): Promise<RunningContainer> {
  const name = [container.pod, container.name, here.label].filter((part) => part !== undefined).join('-');
  const standIn: StandIn = here.standIn ?? { bin: [] };
  const asProcess = trial.engine === 'processes' || standIn.ours === true;
  const folder = join(trial.folder, container.pod);
  const paths = new Map(standIn.paths);
  const places: { readonly path: string; readonly here: string; readonly readOnly: boolean }[] = [];
  for (const mount of container.mounts) {
    const place = join(folder, mount.kind === 'folder' ? mount.volume : mount.path.replaceAll('/', '_'));
    places.push({ path: mount.path, here: place, readOnly: mount.kind !== 'folder' });
    paths.set(mount.path, place);
  }
  if (!places.some(({ path }) => path === '/tmp')) paths.set('/tmp', join(folder, 'tmp'));
  const localPath = (text: string) => (asProcess ? mapPaths(text, paths) : text);
  await makeFolder(folder, standIn.user);
  await makeFolder(join(folder, 'tmp'), standIn.user);
  for (const mount of container.mounts) {
    const place = paths.get(mount.path) ?? '';
    const write = async (file: string, path: string, text: string) => {
      const mapped = localPath(mapAddresses(text, trial.addresses));
      await writeFile(file, here.edit?.(mapped, path) ?? mapped, { mode: 0o644 });
    };
    if (mount.kind === 'folder') await makeFolder(place, standIn.user);
    else if (mount.kind === 'file') await write(place, mount.path, mount.text);
    else {
      await makeFolder(place, standIn.user);
      for (const [file, text] of mount.files) await write(join(place, file), `${mount.path}/${file}`, text);
    }
  }
  const mapped = mapEnv(container.env, trial.addresses);
  const env: Record<string, string> = {};
  for (const [key, value] of mapped) env[key] = localPath(value);
  if (asProcess) {
    env.PATH = [...standIn.bin, process.env.PATH ?? ''].join(':');
    env.HOSTNAME = container.pod;
    env.TMPDIR = paths.get('/tmp') ?? '/tmp';
    env.HOME = folder;
    env.LANG = 'C.UTF-8';
    // Half of a worker's start is stripping types, which is done already.
    const { NODE_COMPILE_CACHE: compiled } = process.env;
    if (standIn.ours === true && compiled !== undefined) env.NODE_COMPILE_CACHE = compiled;
  }
  Object.assign(env, standIn.env, here.env);
  const command = [...container.command, ...(here.args ?? [])].map((part) =>
    localPath(mapAddresses(expand(part, mapped), trial.addresses)),
  );
  const logFile = join(trial.folder, `${name}.log`);
  if (!asProcess) {
    return containerProcess({ trial, container, command, env, places, logFile });
  }
  const cwd = standIn.cwd ?? folder;
  const { user } = standIn;
  const running = start({ name, command, env, cwd, logFile, ...user });
  trial.keep(running);
  return {
    ...running,
    async exec(probe, more) {
      const [program = '', ...args] = probe.map(localPath);
      const ran = await run(program, args, { env: { ...env, ...more }, deadline: 10_000 });
      return ran.status;
    },
  };
}

/** A folder that both this user and the container's can write to. */
async function makeFolder(path: string, user: StandIn['user']): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await mkdir(path, { recursive: true });
  if (user === undefined) return;
  await chown(path, user.uid, user.gid);
  // The trial's own folder was made for its owner alone.
  await chmod(dirname(path), 0o755);
}
