import { type Mistake, mistakenFile } from '@plumbline/validators';

/** One cell of a fact table: what the seed says of one object in one environment. */
export interface Fact {
  /** `Deployment/api`. */
  readonly object: string;
  /** What is said of it, as `replicas` or `env DB_HOST`. */
  readonly name: string;
  /** What it is; `-` where the object is not there, `~text` where it contains a text. */
  readonly expected: string;
  readonly environment: string;
  /** Where it stands: `facts/preempt.md`, 1-based line. */
  readonly file: string;
  readonly line: number;
}

const laptops = ['kind', 'docker-desktop', 'minikube'];
const environments = [...laptops, 'production'];

function cells(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))
    .map((cell) => /^`(.*)`$/.exec(cell)?.[1] ?? cell);
}

/** The environments that a column's head names, or undefined for a head that names none. */
function environmentsOf(head: string): readonly string[] | undefined {
  if (head === 'everywhere') return environments;
  if (head === 'laptops') return laptops;
  return environments.includes(head) ? [head] : undefined;
}

/**
 * Reads the fact tables of a Markdown file: those whose first two columns are `object` and `fact`. Other tables,
 * and all other text, are for people.
 * @throws MistakenFiles when a row has another number of cells than its head, a head names no environment, or rows of
 * facts have no head.
 */
export function readFacts(markdown: string, file: string): Fact[] {
  return readTables(markdown, file, 'facts');
}

/**
 * Reads the flow tables of a Markdown file: those whose first two columns are `client` and `talks to`, with `yes` or
 * `-` for each environment. The client is the `object` of each cell, and whom it talks to is its `name`.
 * @throws MistakenFiles as `readFacts` does, and for a cell that is neither.
 */
export function readFlows(markdown: string, file: string): Fact[] {
  const flows = readTables(markdown, file, 'flows');
  const mistakes = flows
    .filter(({ expected }) => expected !== 'yes' && expected !== '-')
    .map(({ expected, line }) => ({ line, message: `a flow is "yes" or "-", not "${expected}"` }));
  if (mistakes.length > 0) throw mistakenFile(file, 'flow-fact', mistakes);
  return flows;
}

const heads = { facts: ['object', 'fact'], flows: ['client', 'talks to'] } as const;

/** The rules that hold each kind of table. */
const rules = { facts: 'fact', flows: 'flow-fact' } as const;

function kindOf([first, second]: readonly string[]): keyof typeof heads | undefined {
  return (['facts', 'flows'] as const).find((kind) => heads[kind][0] === first && heads[kind][1] === second);
}

function readTables(markdown: string, file: string, wanted: keyof typeof heads): Fact[] {
  const facts: Fact[] = [];
  const mistakes: Mistake[] = [];
  let head: string[] | undefined;
  let ofOtherKind = false;
  for (const [index, text] of markdown.split('\n').entries()) {
    const line = index + 1;
    if (!text.trimStart().startsWith('|')) {
      head = undefined;
      ofOtherKind = false;
      continue;
    }
    const row = cells(text);
    if (row.every((cell) => /^:?-{3,}:?$/.test(cell))) continue;
    const kind = kindOf(row);
    if (kind !== undefined) {
      ofOtherKind = kind !== wanted;
      head = ofOtherKind ? undefined : row;
      if (head === undefined) continue;
      const unknown = row.slice(2).find((cell) => environmentsOf(cell) === undefined);
      if (unknown !== undefined) {
        mistakes.push({
          line,
          message: `"${unknown}" is no environment; use everywhere, laptops, ${environments.join(', ')}`,
        });
      }
      continue;
    }
    if (head === undefined) {
      // A table whose head was damaged would hold nothing, and say nothing.
      if (!ofOtherKind && row.length > 2 && /^[A-Z]\w+\/[\w.-]+$/.test(row[0] ?? '')) {
        mistakes.push({
          line,
          message:
            `${row[0]} stands in a table whose head begins neither with "| object | fact |" nor with ` +
            '"| client | talks to |"',
        });
        ofOtherKind = true;
      }
      continue;
    }
    if (row.length !== head.length) {
      mistakes.push({ line, message: `the row has ${row.length} cells and its head has ${head.length}` });
      continue;
    }
    const [object = '', name = ''] = row;
    for (const [column, expected] of row.entries()) {
      if (column < 2) continue;
      for (const environment of environmentsOf(head[column] ?? '') ?? []) {
        facts.push({ object, name, expected, environment, file, line });
      }
    }
  }
  if (mistakes.length > 0) throw mistakenFile(file, rules[wanted], mistakes);
  return facts;
}
