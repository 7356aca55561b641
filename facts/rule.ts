import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Context,
  didYouMean,
  type KubernetesObject,
  type Problem,
  type Rule,
  UsageError,
} from '@plumbline/validators';
import { findObject } from './names.ts';
import { type Reader, type Reading, readers, readPath } from './readers.ts';
import { type Fact, readFacts } from './table.ts';

/** The facts of every system, by its name. */
export type Facts = ReadonlyMap<string, readonly Fact[]>;

/**
 * Reads facts/<system>.md of a repository.
 * @throws UsageError with file and line when a table is wrong or a fact's name is unknown.
 */
export async function loadFacts(root: string): Promise<Facts> {
  const folder = join(root, 'facts');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.md'));
  const facts = new Map<string, readonly Fact[]>();
  for (const file of files) {
    const read = readFacts(await readFile(join(folder, file), 'utf8'), `facts/${file}`);
    for (const fact of read) readerOf(fact);
    facts.set(file.slice(0, -'.md'.length), read);
  }
  return facts;
}

/** The reader of a fact and the words left for it: names of two words come before names of one. */
function readerOf(fact: Fact): { readonly read: Reader; readonly words: readonly string[] } {
  const words = fact.name.split(/\s+/);
  if (fact.name.startsWith('$')) return { read: (object) => readPath(object, fact.name), words: [] };
  for (const length of [2, 1]) {
    const read = readers[words.slice(0, length).join(' ')];
    if (read !== undefined) return { read, words: words.slice(length) };
  }
  const known = Object.keys(readers);
  throw new UsageError(
    `${fact.file}:${fact.line}: there is no fact "${fact.name}"${didYouMean(fact.name, known)}; docs/conventions.md lists them`,
  );
}

/** What is wrong with one fact, or undefined when it holds. */
export function judgeFact(
  fact: Fact,
  objects: readonly KubernetesObject[],
  target: string,
): Problem | undefined {
  const where = `${fact.file}:${fact.line}`;
  const object = findObject(objects, fact.object);
  const problem = (message: string, path?: string): Problem => ({
    ...(object === undefined ? { source: { file: fact.file, line: fact.line } } : { object }),
    ...(path === undefined ? {} : { path }),
    message,
  });
  if (fact.expected === '-') {
    return object === undefined ? undefined : problem(`${where} says that ${target} has no ${fact.object}`);
  }
  if (object === undefined) {
    const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    return problem(
      `${where} says that ${target} has ${fact.object}, and it has not${didYouMean(fact.object, names)}`,
    );
  }
  const { read, words } = readerOf(fact);
  let reading: Reading;
  try {
    reading = read(object, words, objects);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return problem(`${where} says that ${fact.name} is ${fact.expected}, and ${reason}`);
  }
  if (holds(fact.expected, reading.value)) return undefined;
  return problem(
    fact.expected.startsWith('~') && reading.value.includes('\n')
      ? `${where} says that ${fact.name} holds "${fact.expected.slice(1)}", and it does not`
      : `${where} says that ${fact.name} is ${fact.expected}, and it is ${reading.value}`,
    reading.path,
  );
}

function holds(expected: string, found: string): boolean {
  return expected.startsWith('~') ? found.includes(expected.slice(1)) : found === expected;
}

/** A rule that holds each system's target against the system's facts. */
export function factsRule(facts: Facts): Rule {
  return {
    id: 'fact',
    severity: 'error',
    family: 'references',
    title: 'a system is not what its seed says that it is',
    check: ({ target, system, environment, model }: Context) =>
      (facts.get(system ?? '') ?? [])
        .filter((fact) => fact.environment === environment?.name)
        .map((fact) => judgeFact(fact, model.objects, target))
        .filter((problem) => problem !== undefined),
  };
}
