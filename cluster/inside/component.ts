import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inside } from '../layout.ts';
import { seldomCollecting } from '../seldom-collecting.ts';
import { inNetwork } from './command.ts';

/** A program that runs as long as the cluster does. */
export interface Component {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

export interface ComponentState {
  readonly pid: number | undefined;
  readonly restarts: number;
}

export interface Components {
  /** Starts a component, and starts it again whenever it ends. */
  readonly start: (component: Component) => void;
  /** From now on nothing is started again. */
  readonly release: () => void;
  /** Each component's process, as its own namespace counts, and how often it was started again. */
  readonly states: () => Readonly<Record<string, ComponentState>>;
}

/** Milliseconds before a component that ended is started again: longer each time, and at most this. */
const longestPause = 10_000;

/**
 * Keeps components running, each in the cluster's network with its output in `<logs>/<name>.log`.
 * @param onChange called after a component was started, and after it ended
 */
export async function keepComponents(logs: string, onChange: () => void): Promise<Components> {
  const tmp = join(inside.run, 'tmp');
  await Promise.all([logs, tmp].map((folder) => mkdir(folder, { recursive: true })));
  const running = new Map<string, ChildProcess>();
  const counts: Record<string, number> = {};
  let released = false;
  const start = (component: Component): void => {
    const { name, argv, env } = component;
    const log = openSync(join(logs, `${name}.log`), 'a');
    const [command, ...args] = inNetwork(argv);
    const child = spawn(command, args, {
      stdio: ['ignore', log, log],
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: tmp,
        TMPDIR: tmp,
        ...seldomCollecting,
        ...env,
      },
    });
    running.set(name, child);
    onChange();
    child.on('error', () => {});
    child.on('close', () => {
      if (released) return;
      const count = (counts[name] ?? 0) + 1;
      counts[name] = count;
      running.delete(name);
      onChange();
      setTimeout(() => released || start(component), Math.min(250 * 2 ** (count - 1), longestPause));
    });
  };
  return {
    start,
    release() {
      released = true;
    },
    states: () =>
      Object.fromEntries(
        [...new Set([...running.keys(), ...Object.keys(counts)])].map((name) => [
          name,
          { pid: running.get(name)?.pid, restarts: counts[name] ?? 0 },
        ]),
      ),
  };
}
