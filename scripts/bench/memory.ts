import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * The most memory that a process and all that it started held at one time, in bytes, watched until `ended` settles;
 * undefined where the system has no /proc to ask.
 */
export async function watchMemory(pid: number, ended: Promise<unknown>): Promise<number | undefined> {
  let most: number | undefined;
  let over = false;
  const end = ended.then(
    () => {
      over = true;
    },
    () => {
      over = true;
    },
  );
  while (!over) {
    const now = await memoryOfTree(pid);
    if (now !== undefined && now > 0) most = Math.max(most ?? 0, now);
    await Promise.race([end, pause(50)]);
  }
  return most;
}

async function memoryOfTree(root: number): Promise<number | undefined> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name));
  if (pids.length === 0) return undefined;
  const processes = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')),
  );
  const field = (status: string, name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  const known = processes.map((status, index) => ({
    pid: Number(pids[index]),
    parent: field(status, 'PPid'),
    bytes: field(status, 'VmRSS') * 1024,
  }));
  const tree = new Set([root]);
  for (let before = 0; before < tree.size; ) {
    before = tree.size;
    for (const { pid, parent } of known) if (tree.has(parent)) tree.add(pid);
  }
  return known.filter(({ pid }) => tree.has(pid)).reduce((sum, { bytes }) => sum + bytes, 0);
}
