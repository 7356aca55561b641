import type { Finding } from './finding.ts';
import { UsageError } from './usage-error.ts';

/** One mistake in a file that says how the rest is judged. */
export interface Mistake {
  /** 1-based line, where it is known. */
  readonly line?: number;
  /** The field, where there is one. */
  readonly path?: string;
  /** What is wrong, and the way out. */
  readonly message: string;
}

/**
 * Files of the repository that the work stands on (an environment, a table of facts) are wrong. The check reports
 * their mistakes as findings, like those of any other file; what cannot begin without them ends with its message.
 */
export class MistakenFiles extends UsageError {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super(
      findings
        .map(({ source, message }) => {
          const line = source?.line === undefined ? '' : `:${source.line}`;
          return `${source?.file}${line}: ${message}`;
        })
        .join('\n'),
    );
    this.findings = findings;
  }
}

/** The mistakes of one file; `rule` is the id that reports give them. */
export function mistakenFile(file: string, rule: string, mistakes: readonly Mistake[]): MistakenFiles {
  return new MistakenFiles(
    mistakes.map(({ line, path, message }) => ({
      rule,
      severity: 'error',
      ...(path === undefined ? {} : { path }),
      message,
      source: { file, ...(line === undefined ? {} : { line }) },
    })),
  );
}

/**
 * The values of all, once every one of them is there.
 * @throws MistakenFiles with the mistakes of every file that has some, else the first other error.
 */
export async function allRead<T>(reads: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(reads);
  const reasons = settled
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as unknown);
  const other = reasons.find((reason) => !(reason instanceof MistakenFiles));
  if (other !== undefined) throw other;
  if (reasons.length > 0) {
    // Two that read one file may meet the same mistake.
    const distinct = new Map<string, Finding>();
    for (const finding of reasons.flatMap((reason) => (reason as MistakenFiles).findings)) {
      const { source, path, message } = finding;
      const key = JSON.stringify([source, path, message]);
      if (!distinct.has(key)) distinct.set(key, finding);
    }
    throw new MistakenFiles([...distinct.values()]);
  }
  return settled.map((result) => (result as PromiseFulfilledResult<T>).value);
}
