import { readFileSync, statSync } from 'node:fs';

/** True when a process waits for the lock of a file (proc_locks(5)). */
export function isAwaited(file: string): boolean {
  const { ino } = statSync(file);
  return new RegExp(`^\\d+: +-> FLOCK .*:${ino} `, 'm').test(readFileSync('/proc/locks', 'utf8'));
}
