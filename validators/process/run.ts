import { spawn } from 'node:child_process';

/** What a finished command left. */
export interface Finished {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string | Uint8Array;
  /** Milliseconds after which the command is killed. */
  readonly deadline: number;
  /** Called with the command's process id once it runs. */
  readonly onStart?: (pid: number) => void;
}

/**
 * Environment for a command written in Go that lives for a moment: it ends before collecting its garbage pays, which
 * halves its CPU time; near the limit it does collect.
 */
export const shortLivedGo: Readonly<Record<string, string>> = { GOGC: 'off', GOMEMLIMIT: '256MiB' };

/**
 * Runs a command without a shell and collects what it prints.
 *
 * A non-zero exit status is a result, not an exception.
 * @throws Error when the command cannot be started, is ended by a signal, or passes its deadline.
 */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env === undefined ? process.env : { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
      // A child of the command may live on and hold these open: nobody waits for it.
      child.stdout.destroy();
      child.stderr.destroy();
    }, options.deadline);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A command that does not read its input to the end is no failure of ours.
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin);
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(new Error(`${command} did not start: ${cause.message}`, { cause }));
    });
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      const line = [command, ...args].join(' ');
      if (late) reject(new Error(`${line} took longer than ${options.deadline / 1000} s and was stopped`));
      else if (status === null) reject(new Error(`${line} was ended by ${signal}`));
      else {
        resolve({ status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') });
      }
    });
  });
}
