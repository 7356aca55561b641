import { describeResource, type Finding } from '../finding.ts';

/** A finding with the targets that have it. */
interface Told {
  readonly finding: Finding;
  readonly targets: readonly string[];
}

/** A finding that is told whole, and whom else the same line does the same to. */
export interface Line<T extends Told> {
  readonly first: T;
  /** Objects, or the words in which the messages differ: `CronJob detector`. */
  readonly others: readonly string[];
}

/** How many words of a message may be another object's. */
const mostWords = 3;

/** How many are named; JSON and the other forms name all. */
const mostNames = 30;

/** The words of a message that stand otherwise in the first one; undefined for another message altogether. */
function differing(message: string, first: string): readonly string[] | undefined {
  const [words, others] = [message.split(' '), first.split(' ')];
  if (words.length !== others.length) return undefined;
  const different = words.filter((word, index) => word !== others[index]);
  if (different.length > mostWords) return undefined;
  // `Deployment api is told` and `Deployment store is told`: a name goes with its kind.
  const isName = words[0] === others[0] && words[1] !== others[1] && /^[A-Z]/.test(words[0] ?? '');
  return isName ? [words[0] ?? '', ...different] : different;
}

/** Whom a finding is about, beside the first of its line; undefined where it says something else. */
function whose({ resource, path, message }: Finding, first: Finding): string | undefined {
  const words = differing(message, first.message);
  if (words === undefined) return undefined;
  const name = resource === undefined ? '' : describeResource(resource);
  const before = first.resource === undefined ? '' : describeResource(first.resource);
  if (name !== before) return name;
  return words.length > 0 ? words.join(' ').replace(/[,:;]+$/, '') : (path ?? name);
}

/**
 * Findings for a person: those of one rule at one line that say the same of many objects are told once. One wrong line of a file
 * that everybody reads is one mistake.
 */
export function bySameLine<T extends Told>(all: readonly T[]): Line<T>[] {
  const lines: { readonly first: T; readonly others: string[] }[] = [];
  const open = new Map<string, { readonly first: T; readonly others: string[] }[]>();
  for (const told of all) {
    const { finding, targets } = told;
    const { source, rule, severity } = finding;
    const key = JSON.stringify([rule, severity, source, targets]);
    const alike = source?.line === undefined ? [] : (open.get(key) ?? []);
    const line = alike.find(({ first }) => whose(finding, first.finding) !== undefined);
    if (line === undefined) {
      const own = { first: told, others: [] };
      lines.push(own);
      open.set(key, [...alike, own]);
    } else line.others.push(whose(finding, line.first.finding) ?? '');
  }
  return lines;
}

/** The line of a report that names the others; none where there are none. */
export function othersOf({ others }: Pick<Line<Told>, 'others'>): string[] {
  if (others.length === 0) return [];
  const all = [...new Set(others)];
  const names = all.length > mostNames ? [...all.slice(0, mostNames), `${all.length - mostNames} more`] : all;
  return [`  and so for ${names.join(', ')}: ${others.length + 1} findings in all`];
}
