/**
 * Ends what its parent started when the parent is gone, however it went: its standard input closes then. It reads a
 * line an order: `+PID` and `-PID` for the leader of a process group that began and that ended, `+PATH` and `-PATH`
 * for a folder or a cgroup, `+docker NAME` and `-docker NAME` for a container.
 */
import { spawnSync } from 'node:child_process';
import { rmdirSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const kept = new Set<string>();
for await (const line of createInterface({ input: process.stdin })) {
  const what = line.slice(1);
  if (line.startsWith('+')) kept.add(what);
  else kept.delete(what);
}
for (const what of [...kept].reverse()) {
  if (/^\d+$/.test(what)) {
    try {
      process.kill(-Number(what), 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  } else if (what.startsWith('docker ')) {
    spawnSync('docker', ['rm', '--force', what.slice('docker '.length)], {
      stdio: 'ignore',
      timeout: 30_000,
    });
  }
}
for (const what of kept) {
  if (what.startsWith('/sys/fs/cgroup/')) await removeCgroup(what);
  else if (what.startsWith('/'))
    rmSync(what, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** Its files are the kernel's, and go with it; a process that was killed leaves it a moment later. */
async function removeCgroup(path: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    try {
      rmdirSync(path);
      return;
    } catch {
      await sleep(100);
    }
  }
}
