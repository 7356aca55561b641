import { UsageError } from '@plumbline/validators';

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
 * @throws UsageError when a row has another number of cells than its head, or a head names no environment.
 */
export function readFacts(markdown: string, file: string): Fact[] {
  return readTables(markdown, file, ['object', 'fact']);
}

/**
 * Reads the flow tables of a Markdown file: those whose first two columns are `client` and `talks to`, with `yes` or
 * `-` for each environment. The client is the `object` of each cell, and whom it talks to is its `name`.
 * @throws UsageError as `readFacts` does, and for a cell that is neither.
 */
export function readFlows(markdown: string, file: string): Fact[] {
  const flows = readTables(markdown, file, ['client', 'talks to']);
  for (const { expected, line } of flows) {
    if (expected !== 'yes' && expected !== '-') {
      throw new UsageError(`${file}:${line}: a flow is "yes" or "-", not "${expected}"`);
    }
  }
  return flows;
}

function readTables(markdown: string, file: string, heads: readonly [string, string]): Fact[] {
  const facts: Fact[] = [];
  let head: string[] | undefined;
  for (const [index, text] of markdown.split('\n').entries()) {
    const line = index + 1;
    if (!text.trimStart().startsWith('|')) {
      head = undefined;
      continue;
    }
    const row = cells(text);
    if (row.every((cell) => /^:?-{3,}:?$/.test(cell))) continue;
    if (row[0] === heads[0] && row[1] === heads[1]) {
      head = row;
      const unknown = row.slice(2).find((cell) => environmentsOf(cell) === undefined);
      if (unknown !== undefined) {
        throw new UsageError(
          `${file}:${line}: "${unknown}" is no environment; use everywhere, laptops, ${environments.join(', ')}`,
        );
      }
      continue;
    }
    if (head === undefined) continue;
    if (row.length !== head.length) {
      throw new UsageError(
        `${file}:${line}: the row has ${row.length} cells and its head has ${head.length}`,
      );
    }
    const [object = '', name = ''] = row;
    for (const [column, expected] of row.entries()) {
      if (column < 2) continue;
      for (const environment of environmentsOf(head[column] ?? '') ?? []) {
        facts.push({ object, name, expected, environment, file, line });
      }
    }
  }
  return facts;
}
