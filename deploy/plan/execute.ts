import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '@plumbline/validators';
import { type Ran, runCommand } from './run-command.ts';
import { commandLine } from './shell.ts';
import type { Answer, AskStep, Command, Plan, RunStep, WaitStep } from './step.ts';

/** Says how a plan goes on. */
export interface Narrator {
  /** A step begins. */
  readonly begin: (does: string) => void;
  /** What the step is at. */
  readonly say: (line: string) => void;
  /** The step is done. */
  readonly end: () => void;
  /** What stays to be read: notes, diagnoses. */
  readonly note: (text: string) => void;
}

export interface ExecuteOptions {
  /** The folder that the command lines are written for: the repository's root. */
  readonly cwd: string;
  readonly narrator: Narrator;
  readonly signal?: AbortSignal;
}

/** A step could not be done; the message says which, and what the command printed. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

/**
 * Carries a plan out, step by step.
 *
 * After a failure or Ctrl-C only the steps that clear up run.
 * @throws StepFailed when a command fails or a wait comes to nothing; the signal's reason when it is aborted.
 */
export async function execute(plan: Plan, options: ExecuteOptions): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  for (const step of plan) {
    const clearsUp = step.kind === 'run' && step.always === true;
    if (failure !== undefined && !clearsUp) continue;
    options.narrator.begin(step.does);
    try {
      if (step.kind === 'run') await carryOut(step, clearsUp ? withoutSignal(options) : options);
      else if (step.kind === 'ask') await askAndCarryOut(step, options);
      else await wait(step, options);
      options.narrator.end();
    } catch (error) {
      failure ??= { error: named(error, step.does, options.signal) };
    }
  }
  if (failure !== undefined) throw failure.error;
}

function withoutSignal({ cwd, narrator }: ExecuteOptions): ExecuteOptions {
  return { cwd, narrator };
}

/** What a person reads of an error: the step's name in front, except when they stopped it themselves. */
function named(error: unknown, does: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  // What refuses to go on has touched nothing: it says so itself.
  if (error instanceof StepFailed || error instanceof UsageError) return error;
  return new StepFailed(`${does}: ${error instanceof Error ? error.message : String(error)}`);
}

async function carryOut(step: RunStep, options: ExecuteOptions): Promise<void> {
  for (const command of step.commands) await mustSucceed(step.does, command, options);
}

async function askAndCarryOut(step: AskStep, options: ExecuteOptions): Promise<void> {
  const { commands, notes = [] } = step.leadsTo(await askAll(step.does, step.asks, options));
  for (const note of notes) options.narrator.note(note);
  for (const command of commands) await mustSucceed(step.does, command, options);
}

async function wait(step: WaitStep, options: ExecuteOptions): Promise<void> {
  const { narrator, signal } = options;
  const end = performance.now() + step.deadline;
  let readySince: number | undefined;
  for (;;) {
    const answers = await poll(step.asks, options);
    const verdict = step.judge(answers);
    const now = performance.now();
    readySince = verdict.state === 'ready' ? (readySince ?? now) : undefined;
    const settled = readySince !== undefined && now - readySince >= (step.holds ?? 0);
    narrator.say(readySince === undefined || settled ? verdict.say : `${verdict.say}, if it stays so`);
    if (settled) return;
    const late = now > end;
    if (verdict.state === 'failed' || late) {
      await explain(step, answers, options);
      const why = late ? `not ready after ${step.deadline / 60_000} min: ` : '';
      throw new StepFailed(`${step.does}: ${why}${verdict.say}`);
    }
    await sleep(step.every, undefined, signal === undefined ? {} : { signal });
  }
}

async function explain(step: WaitStep, answers: readonly Answer[], options: ExecuteOptions): Promise<void> {
  for (const { says, commands } of step.diagnose(answers)) {
    const shown: string[] = [says];
    for (const command of commands) {
      const output = await runCommand(command, options).then(
        ({ stdout, stderr }) => `${stdout}${stderr}`,
        (error: Error) => error.message,
      );
      shown.push(`  $ ${commandLine(command)}`, ...lastLines(output, 20).map((line) => `    ${line}`));
    }
    options.narrator.note(shown.join('\n'));
  }
}

function askAll(does: string, asks: readonly Command[], options: ExecuteOptions): Promise<Answer[]> {
  return Promise.all(
    asks.map(async (ask) => {
      const ran = ask.mayFail ? await runCommand(ask, options) : await mustSucceed(does, ask, options);
      return { status: ran.status, output: ran.stdout };
    }),
  );
}

/** One round of a wait: what does not answer now may answer the next time. */
function poll(asks: readonly Command[], options: ExecuteOptions): Promise<Answer[]> {
  return Promise.all(
    asks.map(async (ask) => {
      try {
        const { status, stdout } = await runCommand(ask, options);
        return { status, output: stdout };
      } catch (error) {
        if (options.signal?.aborted) throw error;
        return { status: 1, output: '' };
      }
    }),
  );
}

async function mustSucceed(does: string, command: Command, options: ExecuteOptions): Promise<Ran> {
  const ran = await runCommand(command, { ...options, onLine: options.narrator.say });
  if (ran.status === 0 || command.mayFail) return ran;
  const printed = lastLines(`${ran.stdout}${ran.stderr}`, 20).map((line) => `  ${line}`);
  const { argv, deadline } = command;
  throw new StepFailed(
    [
      `${does}: this command failed (status ${ran.status}):`,
      `  ${commandLine({ argv, deadline })}`,
      ...printed,
    ].join('\n'),
  );
}

function lastLines(text: string, count: number): string[] {
  return text.trimEnd().split('\n').slice(-count);
}
