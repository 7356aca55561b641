import { setTimeout as sleep } from 'node:timers/promises';
import { $ } from 'zx';
import { backOff } from '../plan/run-command.ts';
import type { Forward } from './plan.ts';

export interface SuperviseOptions {
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** How often in a row a forward may fail before it is given up. */
  readonly tries: number;
  /** Milliseconds to wait before try number `attempt` + 1. */
  readonly pause?: (attempt: number) => number;
}

/** kubectl goes on after these, and forwards nothing any more: the pod behind it is gone. */
const broken = /lost connection to pod|error forwarding port|an error occurred forwarding/i;

/** kubectl says this once its port on the laptop is open. */
const open = /^Forwarding from /m;

/** A port of the laptop that somebody else has; trying again at once does not help. */
const taken = /unable to listen on (?:any of the requested )?ports?|address already in use/i;

/**
 * Keeps every forward open, side by side, until the signal: one that breaks is started again, later each time.
 * @returns the names of those that were given up.
 */
export async function supervise(forwards: readonly Forward[], options: SuperviseOptions): Promise<string[]> {
  const givenUp = await Promise.all(forwards.map((forward) => keepOpen(forward, options)));
  return forwards.flatMap(({ name }, index) => (givenUp[index] ? [name] : []));
}

/** True when it was given up, false when the person stopped it. */
async function keepOpen(forward: Forward, options: SuperviseOptions): Promise<boolean> {
  const { signal, say, tries, pause = backOff } = options;
  const { name, localPort, about } = forward;
  for (let failures = 0; ; ) {
    const ended = await once(forward, options, () => {
      failures = 0;
      say(`${name} answers at localhost:${localPort} (${about})`);
    });
    if (signal.aborted) return false;
    failures += 1;
    if (failures >= tries) {
      say(`${name} is given up after ${tries} tries: ${ended}`);
      return true;
    }
    const milliseconds = pause(failures);
    say(`${name} broke (${ended}); again in ${Math.round(milliseconds / 1000)} s`);
    await sleep(milliseconds, undefined, { signal }).catch(() => {});
    if (signal.aborted) return false;
  }
}

/** Runs one forward until it ends or breaks, and says why it did. */
async function once({ argv }: Forward, options: SuperviseOptions, onOpen: () => void): Promise<string> {
  const { cwd, signal } = options;
  const started = $({
    cwd,
    signal,
    nothrow: true,
    quiet: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })`exec ${argv}`;
  let isOpen = false;
  let reason: string | undefined;
  started.stdout.on('data', (chunk: Buffer) => {
    if (!isOpen && open.test(chunk.toString('utf8'))) {
      isOpen = true;
      onOpen();
    }
  });
  started.stderr.on('data', (chunk: Buffer) => {
    const text = chunk.toString('utf8');
    if (broken.test(text)) {
      reason = 'the pod behind it went';
      started.child?.kill('SIGTERM');
    }
  });
  const finished = await started;
  if (taken.test(finished.stderr)) return 'the port is taken on this machine';
  return reason ?? finished.stderr.trim().split('\n').at(-1) ?? `ended with status ${finished.exitCode}`;
}
