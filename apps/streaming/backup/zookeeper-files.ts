import { copyFile, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

interface Named {
  readonly name: string;
  /** Of a snapshot the last change in it, of a log the first. */
  readonly zxid: bigint;
}

function named(names: readonly string[], kind: 'snapshot' | 'log'): Named[] {
  return names
    .flatMap((name) => {
      const [, zxid] = new RegExp(`^${kind}\\.([0-9a-f]+)$`).exec(name) ?? [];
      return zxid === undefined ? [] : [{ name, zxid: BigInt(`0x${zxid}`) }];
    })
    .sort((a, b) => (a.zxid < b.zxid ? -1 : 1));
}

/** ZooKeeper's own test: a snapshot that was written to its end ends with the length 1 and a slash. */
async function isWhole(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size < 10) return false;
    const { buffer } = await file.read(Buffer.alloc(5), 0, 5, size - 5);
    return buffer.equals(Buffer.from([0, 0, 0, 1, 0x2f]));
  } finally {
    await file.close();
  }
}

/** What of a member's files was copied. */
export interface ZookeeperCopy {
  /** In the order in which ZooKeeper reads them. */
  readonly files: readonly string[];
  readonly snapshot: string;
}

const attempts = 5;

/**
 * Copies of a running member's `version-2` what it would start from: the newest whole snapshot and every log that may hold a
 * later change. A snapshot of ZooKeeper is taken while changes go on; the logs, applied over it, make it right. A log that is being
 * written is cut wherever the copy is, and ZooKeeper leaves out the change that is not whole.
 * @throws Error where there is no whole snapshot
 */
export async function copyZookeeper(from: string, to: string): Promise<ZookeeperCopy> {
  await mkdir(to, { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const names = await readdir(from);
      const snapshots = named(names, 'snapshot').reverse();
      let snapshot: Named | undefined;
      for (const one of snapshots)
        if (await isWhole(join(from, one.name))) {
          snapshot = one;
          break;
        }
      if (snapshot === undefined) throw new Error(`${from} has no whole snapshot`);
      const { name, zxid } = snapshot;
      await copyFile(join(from, name), join(to, name));
      // After the snapshot: a log that was begun meanwhile belongs to it.
      const logs = named(await readdir(from), 'log');
      const first = logs.findLast((log) => log.zxid <= zxid + 1n);
      const needed = logs.filter((log) => first === undefined || log.zxid >= first.zxid);
      for (const log of needed) await copyFile(join(from, log.name), join(to, log.name));
      return { files: [name, ...needed.map((log) => log.name)], snapshot: name };
    } catch (error) {
      // ZooKeeper clears old files away by itself: what was listed may be gone.
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isGone || attempt === attempts) throw error;
    }
  }
}
