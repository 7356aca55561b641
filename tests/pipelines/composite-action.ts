import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { parse } from 'yaml';

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

/** A composite action's own file. */
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly description: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

export async function readAction(folder: string): Promise<Action> {
  return parse(await readFile(join(folder, 'action.yml'), 'utf8')) as Action;
}

/** What a run of the action left. */
export interface Ran {
  /** By step name; a step that did not run has none. */
  readonly steps: Readonly<Record<string, { status: number; stdout: string; stderr: string }>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly failed: boolean;
}

export interface Job {
  /** Where the action's files are. */
  readonly action: string;
  /** Where the other repository is checked out. */
  readonly workspace: string;
  /** A folder for files of this job. */
  readonly temp: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** What expressions find, as `github.repository`, beside the inputs and the steps. */
  readonly context: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs the steps of a composite action that are shell lines, as a runner does: the lines as they are written, by the shell's own
 * options, with expressions only where they are resolved before. What uses another action is passed over.
 * @throws Error for an expression that this reader does not know.
 */
export async function runAction(action: Action, job: Job): Promise<Ran> {
  const context = new Map(Object.entries(job.context));
  context.set('github.action_path', job.action);
  context.set('runner.temp', job.temp);
  const known = (name: string) => context.get(name) ?? '';
  for (const [name, { default: value = '' }] of Object.entries(action.inputs))
    context.set(`inputs.${name}`, job.inputs[name] ?? resolved(value, known));
  const steps: Record<string, { status: number; stdout: string; stderr: string }> = {};
  const summaryFile = join(job.temp, 'summary');
  let failed = false;
  for (const [index, step] of action.runs.steps.entries()) {
    if (step.run === undefined) continue;
    if (!goesOn(step.if, failed, known)) continue;
    const outputFile = join(job.temp, `output-${index}`);
    const env = Object.fromEntries(
      Object.entries(step.env ?? {}).map(([name, value]) => [name, resolved(value, known)]),
    );
    const { status, stdout, stderr } = await run(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run],
      {
        cwd: job.workspace,
        env: { ...job.env, ...env, GITHUB_OUTPUT: outputFile, GITHUB_STEP_SUMMARY: summaryFile },
        deadline: 3 * 60_000,
      },
    );
    failed ||= status !== 0;
    steps[step.name ?? step.id ?? `${index}`] = { status, stdout: stdout.toString('utf8'), stderr };
    const lines = (await readFile(outputFile, 'utf8').catch(() => '')).split('\n');
    for (const line of lines) {
      const [, name, value = ''] = /^([\w-]+)=(.*)$/.exec(line) ?? [];
      if (name !== undefined) context.set(`steps.${step.id}.outputs.${name}`, value);
    }
  }
  const outputs = Object.fromEntries(
    Object.entries(action.outputs).map(([name, { value }]) => [name, resolved(value, known)]),
  );
  return { steps, outputs, summary: await readFile(summaryFile, 'utf8').catch(() => ''), failed };
}

type Lookup = (name: string) => string;

/** A text with its expressions, each the name of a value. */
function resolved(text: string, known: Lookup): string {
  return text.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/g, (_, name: string) => {
    if (!/^[\w.-]+$/.test(name)) throw new Error(`the expression ${name} is more than a name`);
    return known(name);
  });
}

/** Whether a step runs: without a condition after success alone. */
function goesOn(condition: string | undefined, failed: boolean, known: Lookup): boolean {
  if (condition === undefined) return !failed;
  const terms = condition.replaceAll(/^\$\{\{\s*|\s*\}\}$/g, '').split(' && ');
  const value = (word: string) => (word.startsWith("'") ? word.slice(1, -1) : known(word));
  return terms.every((term) => {
    if (term === '!cancelled()') return true;
    const [, left = '', sign, right = ''] = /^(\S+) (==|!=) (\S+)$/.exec(term) ?? [];
    if (sign === undefined) throw new Error(`the condition ${term} is not known here`);
    return (value(left) === value(right)) === (sign === '==');
  });
}
