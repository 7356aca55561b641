import { type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { guard, release } from './guard.ts';

/** How a process ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Something that runs: a process here, or a container. */
export interface Running {
  readonly name: string;
  /** What it printed so far, errors too. */
  readonly log: () => string;
  /**
   * Resolves when it ended, however that came; never rejects. Whoever waits for it keeps this process going; a process
   * that nobody waits for does not.
   */
  readonly ended: PromiseLike<Ended>;
  /** How it ended, or undefined while it runs. */
  readonly state: () => Ended | undefined;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Asks it to end, and ends it with SIGKILL when it has not within the grace (milliseconds). */
  readonly stop: (grace?: number) => Promise<Ended>;
  /** The process's id; undefined for a container. */
  readonly pid: number | undefined;
}

export interface StartOptions {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The file that gets what it prints. */
  readonly logFile: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly onEnd?: () => void;
}

/**
 * Starts a process that leads a group of its own, with nothing of this process's environment but what is given. What is
 * left of the group when its leader ends is killed.
 */
export function start(options: StartOptions): Running {
  const { name, command, env, cwd, logFile } = options;
  const [program = '', ...args] = command;
  const log = openSync(logFile, 'a');
  const spawned: SpawnOptions = { cwd, env, stdio: ['ignore', log, log], detached: true };
  if (options.uid !== undefined) spawned.uid = options.uid;
  if (options.gid !== undefined) spawned.gid = options.gid;
  const child = spawn(program, args, spawned);
  closeSync(log);
  const { pid } = child;
  if (pid !== undefined) guard(String(pid));
  let state: Ended | undefined;
  let failure = '';
  const end = new Promise<Ended>((resolve) => {
    const note = (status: number | null, signal: NodeJS.Signals | null) => {
      if (pid !== undefined) release(String(pid));
      options.onEnd?.();
      state ??= { status, signal };
      resolve(state);
    };
    child.on('error', (error) => {
      failure = `${name} did not start: ${error.message}\n`;
      if (pid === undefined) note(127, null);
    });
    child.on('exit', (status, signal) => {
      // As in a container, whose processes end with its first.
      void endGroup(pid).then(() => note(status, signal));
    });
  });
  child.unref();
  const ended: PromiseLike<Ended> = {
    // biome-ignore lint/suspicious/noThenProperty: waiting is what must be noticed
    then(...handlers) {
      child.ref();
      return end.then(...handlers);
    },
  };
  const signal = (which: NodeJS.Signals) => {
    if (state === undefined && pid !== undefined) child.kill(which);
  };
  return {
    name,
    pid,
    ended,
    signal,
    state: () => state,
    log: () => failure + readFileSync(logFile, 'utf8'),
    stop: (grace = 10_000) => stop(signal, ended, grace),
  };
}

/** How long a killed process may take to give its memory back. */
const goneWithin = 2000;

/** Ends what is left of a process group, and waits for it: a successor finds no other's hand on its files. */
async function endGroup(leader: number | undefined): Promise<void> {
  const end = performance.now() + goneWithin;
  while (leader !== undefined && killGroup(leader) && performance.now() < end) {
    if (process.platform === 'linux' && !anyAlive(leader)) return;
    await sleep(10);
  }
}

function killGroup(leader: number): boolean {
  try {
    return process.kill(-leader, 'SIGKILL');
  } catch {
    return false;
  }
}

/** One that ended stays in its group, as a zombie, until its new parent has looked, which may take a second. */
function anyAlive(leader: number): boolean {
  return readdirSync('/proc').some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const fields = readFileSync(`/proc/${entry}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      const [state = '', , group] = fields;
      const threads = Number(fields[17]);
      return Number(group) === leader && (!'ZX'.includes(state) || threads > 1);
    } catch {
      return false;
    }
  });
}

async function stop(
  signal: (which: NodeJS.Signals) => void,
  ended: PromiseLike<Ended>,
  grace: number,
): Promise<Ended> {
  signal('SIGTERM');
  const over = new AbortController();
  const late = sleep(grace, 'late' as const, { signal: over.signal }).catch(() => 'late' as const);
  if ((await Promise.race([ended, late])) === 'late') signal('SIGKILL');
  over.abort();
  return ended;
}

/** Waits for it to end with 0. @throws Error with its last words when it ended otherwise or is late (and is killed). */
export async function finished(running: Running, deadline: number): Promise<void> {
  const over = new AbortController();
  const late = sleep(deadline, undefined, { signal: over.signal }).catch(() => undefined);
  const ended = await Promise.race([running.ended, late]);
  over.abort();
  if (ended === undefined) await running.stop(0);
  if (ended?.status === 0) return;
  const how =
    ended === undefined
      ? `did not end within ${deadline / 1000} s`
      : `ended with ${ended.signal ?? ended.status}`;
  throw new Error(`${running.name} ${how}:\n${lastWords(running)}`);
}

/** The end of what it printed, for messages. */
export function lastWords(running: Running): string {
  return running.log().split('\n').slice(-25).join('\n');
}
