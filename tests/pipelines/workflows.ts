import { parse } from 'yaml';

/** A file of a pipeline, as it is written. */
export interface PipelineFile {
  readonly path: string;
  readonly text: string;
}

/** A job of a workflow, as far as tests look at it. */
export interface Job {
  readonly if?: string;
  readonly needs?: readonly string[] | string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix?: Readonly<Record<string, unknown>> };
  readonly steps?: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}

interface Workflow {
  readonly on: unknown;
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

export function jobsOf(text: string): [string, Job][] {
  return Object.entries((parse(text) as Workflow).jobs);
}

/** `path: line` for each use of a foreign action that is no commit with its version in a comment. */
export function unpinned({ path, text }: PipelineFile): string[] {
  return text
    .split('\n')
    .filter((line) => /\buses:/.test(line))
    .filter((line) => !/uses: \.\//.test(line) && !/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))
    .map((line) => `${path}: ${line.trim()}`);
}

/** `path: sentence` for each thing by which a workflow or a job may more than it should, or longer. */
export function mistakes({ path, text }: PipelineFile): string[] {
  const { on, permissions, concurrency, jobs } = parse(text) as Workflow;
  const found: string[] = [];
  if (JSON.stringify(permissions) !== '{}') found.push('its permissions are not {}');
  if (concurrency === undefined) found.push('it has no concurrency group');
  if (/pull_request_target|workflow_run/.test(JSON.stringify(on)))
    found.push('it runs with secrets for what a fork may bring');
  for (const [name, job] of Object.entries(jobs)) {
    if (job['timeout-minutes'] === undefined) found.push(`${name} has no timeout-minutes`);
    if (job.permissions === undefined) found.push(`${name} says not what it may`);
    for (const { run } of job.steps ?? [])
      if (run?.includes('${{')) found.push(`${name} has an expression in its shell lines: ${run}`);
  }
  return found.map((sentence) => `${path}: ${sentence}`);
}

/** The scripts that a text runs by npm. */
export function npmScripts(text: string): Set<string> {
  const named = [...text.matchAll(/\bnpm run (?:--\S+ )*([\w:-]+)/g)].map(([, name = '']) => name);
  return new Set([...named, ...(/\bnpm test\b/.test(text) ? ['test'] : [])]);
}

/** What a text gives to a shell: the lines of `run`, and those of GitLab's scripts. */
export function shellLines(text: string): string[] {
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'run' && typeof inner === 'string') found.push(inner);
      else if (/^(?:before_|after_)?script$/.test(key)) found.push([inner].flat().join('\n'));
      else walk(inner);
    }
  };
  walk(parse(text));
  return found;
}
