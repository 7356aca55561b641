import type { Engine } from '../../trial/trial.ts';

export interface TryOptions {
  readonly environment: string;
  readonly engine: Engine;
  readonly say: (message: string) => void;
  readonly signal: AbortSignal;
}

/** A system that runs on this machine. */
export interface RunningSystem {
  /** One line of what flows now. */
  readonly flow: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Starts a system and says where to look; stops what it started when it cannot. */
export type Try = (options: TryOptions) => Promise<RunningSystem>;
