import { setTimeout as sleep } from 'node:timers/promises';
import { $ } from 'zx';
import { commandLine } from './shell.ts';
import type { Command } from './step.ts';

/** What a command that ended by itself left. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunCommandOptions {
  readonly cwd: string;
  /** Ends the command when the person wants to stop. */
  readonly signal?: AbortSignal | undefined;
  /** The last line that the command printed, while it runs. */
  readonly onLine?: (line: string) => void;
}

/** Failures that pass by themselves: the API server starts, a connection breaks, two writers meet. */
const passing =
  /connection refused|connection reset|i\/o timeout|TLS handshake timeout|unexpected EOF|http2: |etcdserver: |the server is currently unable|the server was unable to return|ServiceUnavailable|Too Many Requests|the object has been modified|no endpoints available|context deadline exceeded|net\/http: request canceled/i;

/** Milliseconds before try number `attempt` + 1: doubled each time, at most 15 s, and spread by a quarter. */
export function backOff(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(1000 * 2 ** (attempt - 1), 15_000);
  return Math.round(base * (0.875 + random() / 4));
}

/**
 * Runs one command line to its end and collects what it prints; a failure that passes by itself is tried again,
 * as often as the command allows.
 * @throws Error when it passes its deadline or is stopped by a signal; any exit status is a result.
 */
export async function runCommand(command: Command, options: RunCommandOptions): Promise<Ran> {
  const attempts = command.attempts ?? 1;
  for (let attempt = 1; ; attempt += 1) {
    const ran = await once(command, options);
    if (ran.status === 0 || attempt >= attempts || !passing.test(ran.stderr)) return ran;
    const pause = backOff(attempt);
    const reason = ran.stderr.trim().split('\n').at(-1) ?? '';
    options.onLine?.(`try ${attempt + 1} of ${attempts} in ${Math.round(pause / 1000)} s: ${reason}`);
    await sleep(pause, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

async function once(command: Command, { cwd, signal, onLine }: RunCommandOptions): Promise<Ran> {
  signal?.throwIfAborted();
  const { argv, input, interactive = false, deadline } = command;
  const started = $({
    cwd,
    nothrow: true,
    quiet: true,
    stdio: interactive ? 'inherit' : [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    // In a group of its own, so that what it started ends with it; a terminal's own command stays in the terminal's.
    detached: !interactive,
    ...(signal === undefined ? {} : { signal }),
  })`exec ${argv}`;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    endGroup(started.pid, interactive);
  }, deadline);
  if (input !== undefined) {
    // A command that does not read its input to the end is no failure of ours.
    started.stdin.on('error', () => {});
    started.stdin.end(input);
  }
  if (!interactive && onLine !== undefined) {
    const tell = (chunk: Buffer) => {
      const line = chunk
        .toString('utf8')
        .trim()
        .split(/[\r\n]+/)
        .at(-1);
      if (line) onLine(line);
    };
    started.stdout.on('data', tell);
    started.stderr.on('data', tell);
  }
  const finished = await started;
  clearTimeout(timer);
  signal?.throwIfAborted();
  if (late) {
    const line = commandLine({ argv, deadline });
    throw new Error(`${line} took longer than ${deadline / 1000} s and was stopped`);
  }
  if (finished.exitCode === null) {
    throw new Error(
      `${commandLine({ argv, deadline })} was ended by ${finished.signal ?? 'an unknown signal'}`,
    );
  }
  return { status: finished.exitCode, stdout: finished.stdout, stderr: finished.stderr };
}

function endGroup(pid: number | undefined, interactive: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(interactive ? pid : -pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
