import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = '/sys/fs/cgroup';

/** The folders of a cgroup in each hierarchy that the machine has: one where it has the unified one alone. */
export async function foldersOfCgroup(name: string): Promise<string[]> {
  if (existsSync(join(root, 'cgroup.controllers'))) return [join(root, name)];
  const hierarchies = await readdir(root, { withFileTypes: true });
  return hierarchies.filter((entry) => entry.isDirectory()).map((entry) => join(root, entry.name, name));
}

/**
 * Makes the cgroup below which the pods' stand, in every hierarchy.
 * @throws Error when this machine lets nobody make cgroups.
 */
export async function makeCgroups(name: string): Promise<void> {
  for (const folder of await foldersOfCgroup(name)) {
    await mkdir(folder, { recursive: true }).catch((error: Error) => {
      throw new Error(
        `the pods' cgroup ${folder} cannot be made (${error.message}): is this a container without them?`,
      );
    });
    await prepare(folder);
  }
}

async function prepare(folder: string): Promise<void> {
  // A cpuset begins empty, and a process cannot enter it so.
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const own = join(folder, file);
    if (!existsSync(own) || existsSync(join(folder, 'cgroup.controllers'))) continue;
    await writeFile(own, await readFile(join(folder, '..', file)));
  }
  const controllers = join(folder, 'cgroup.controllers');
  if (!existsSync(controllers)) return;
  const names = (await readFile(controllers, 'utf8')).trim().split(/\s+/).filter(Boolean);
  await writeFile(join(folder, 'cgroup.subtree_control'), names.map((name) => `+${name}`).join(' '));
}
