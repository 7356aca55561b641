import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';

let guardian: ChildProcess | undefined;

/** Hands a process group, a folder or a container to the guardian, which ends it should this process die. */
export function guard(what: string): void {
  tell(`+${what}`);
}

/** Takes it back: it has ended, and its number may become another's. */
export function release(what: string): void {
  tell(`-${what}`);
}

function tell(line: string): void {
  if (guardian === undefined) {
    const script = join(import.meta.dirname, 'guardian.ts');
    guardian = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    guardian.unref();
    (guardian.stdin as Socket | null)?.unref();
    guardian.stdin?.on('error', () => {});
  }
  guardian.stdin?.write(`${line}\n`);
}
