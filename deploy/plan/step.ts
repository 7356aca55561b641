/** One command line, as it is run and as --dry-run prints it. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  /** What the command reads on standard input. */
  readonly input?: string;
  /** Milliseconds after which it is stopped. */
  readonly deadline: number;
  /** How often it is tried at most when it fails for a reason that passes by itself; 1 unless told. */
  readonly attempts?: number;
  /** Every exit status is an answer, not a failure. */
  readonly mayFail?: boolean;
  /** The person's terminal is the command's own. */
  readonly interactive?: boolean;
}

/** What a command that was asked something printed, and how it ended. */
export interface Answer {
  readonly status: number;
  readonly output: string;
}

/** What an answer leads to. */
export interface Consequence {
  readonly commands: readonly Command[];
  /** What the person should know. */
  readonly notes?: readonly string[];
}

/** Commands that run one after the other; the first that fails ends the plan. */
export interface RunStep {
  readonly kind: 'run';
  readonly does: string;
  readonly commands: readonly Command[];
  /** Runs even when an earlier step failed or the person pressed Ctrl-C: it clears up. */
  readonly always?: boolean;
}

/** Commands that depend on what the cluster or the machine answers. */
export interface AskStep {
  readonly kind: 'ask';
  readonly does: string;
  readonly asks: readonly Command[];
  readonly leadsTo: (answers: readonly Answer[]) => Consequence;
  /** The answers that --dry-run reckons with, since it asks nothing. */
  readonly assumed: { readonly says: string; readonly answers: readonly Answer[] };
}

/** How far a wait has come. */
export type Verdict =
  | { readonly state: 'waiting'; readonly say: string }
  | { readonly state: 'ready'; readonly say: string }
  | { readonly state: 'failed'; readonly say: string };

/** Why a wait came to nothing: what to say, and the commands whose output shows it. */
export interface Diagnosis {
  readonly says: string;
  readonly commands: readonly Command[];
}

/** Asks again and again until the answers are as wanted, cannot become so, or the deadline passes. */
export interface WaitStep {
  readonly kind: 'wait';
  readonly does: string;
  readonly asks: readonly Command[];
  /** Milliseconds between two rounds. */
  readonly every: number;
  readonly deadline: number;
  /** Milliseconds for which it must stay so: a cluster that wakes up says at first what was true when it slept. */
  readonly holds?: number;
  /** What is waited for, in order, for --dry-run. */
  readonly order: readonly string[];
  readonly judge: (answers: readonly Answer[]) => Verdict;
  readonly diagnose: (answers: readonly Answer[]) => readonly Diagnosis[];
}

export type Step = RunStep | AskStep | WaitStep;
export type Plan = readonly Step[];

export const seconds = (count: number): number => count * 1000;
export const minutes = (count: number): number => count * 60_000;

/** A command that changes something or asks; its deadline is two minutes unless told. */
export function command(
  argv: readonly [string, ...string[]],
  options: Partial<Omit<Command, 'argv'>> = {},
): Command {
  return { argv, deadline: minutes(2), ...options };
}
