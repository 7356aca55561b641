/**
 * Ends what its parent started when the parent is gone, however it went: its standard input closes then. It reads a
 * line an order: `+PID` and `-PID` for the leader of a process group that began and that ended, `+PATH` and `-PATH`
 * for a folder, `+docker NAME` and `-docker NAME` for a container.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

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
  if (what.startsWith('/')) rmSync(what, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
