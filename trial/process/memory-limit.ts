import { existsSync } from 'node:fs';
import { access, constants, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { until } from '../until.ts';
import { guard, release } from './guard.ts';

/** What a container's limit of memory is to the kernel: a cgroup. */
export interface MemoryLimit {
  /** The command, run within the limit. */
  readonly command: (command: readonly string[]) => readonly string[];
  /** The most bytes that were taken at a time. */
  readonly peak: () => Promise<number>;
  /** How many processes were killed because of it. */
  readonly kills: () => Promise<number>;
  /** Removes it; what ran within it must have ended. */
  readonly remove: () => Promise<void>;
}

const root = '/sys/fs/cgroup';
/** The files of a cgroup in the unified hierarchy, and in the older one of memory alone. */
const unified = { limit: 'memory.max', peak: 'memory.peak', kills: 'memory.events' };
const older = {
  limit: 'memory.limit_in_bytes',
  peak: 'memory.max_usage_in_bytes',
  kills: 'memory.oom_control',
};

/** Whether limits can be made here: by root, where memory has cgroups. */
export async function canLimitMemory(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  return access(parent(), constants.W_OK).then(
    () => true,
    () => false,
  );
}

const isUnified = () => existsSync(join(root, 'cgroup.controllers'));
const parent = () => (isUnified() ? root : join(root, 'memory'));

/**
 * Makes a cgroup that takes so many bytes and no more, as the kubelet does for a container.
 * @throws Error when this machine lets nobody make cgroups.
 */
export async function limitMemory(name: string, bytes: number): Promise<MemoryLimit> {
  const files = isUnified() ? unified : older;
  const folder = join(parent(), `${name}-${process.pid}`);
  if (isUnified()) await writeFile(join(root, 'cgroup.subtree_control'), '+memory');
  await mkdir(folder);
  guard(folder);
  await writeFile(join(folder, files.limit), String(bytes));
  const enter = `echo $$ >"$0/cgroup.procs" && exec "$@"`;
  return {
    command: (command) => ['sh', '-c', enter, folder, ...command],
    async peak() {
      return Number(await readFile(join(folder, files.peak), 'utf8'));
    },
    async kills() {
      const text = await readFile(join(folder, files.kills), 'utf8');
      return Number(/^oom_kill (\d+)$/m.exec(text)?.[1]);
    },
    async remove() {
      // A process that was killed gives its memory back a moment later.
      await until(() => rmdir(folder).then(() => true), {
        deadline: 10_000,
        what: `the end of ${basename(folder)}`,
      });
      release(folder);
    },
  };
}
