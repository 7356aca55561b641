import {
  type Context,
  didYouMean,
  type KubernetesObject,
  type Mistake,
  mistakenFile,
  type Problem,
  type Rule,
} from '@plumbline/validators';
import { type Facts, readTablesOf } from './files.ts';
import { nearestLine, wrongPart } from './leaf.ts';
import { findObject } from './names.ts';
import { type Reader, type Reading, readers, readPath } from './readers.ts';
import { type Fact, readFacts } from './table.ts';

/**
 * Reads the fact tables of facts/<system>.md.
 * @throws MistakenFiles with every line at which a table is wrong or a fact's name is unknown.
 */
export function loadFacts(root: string): Promise<Facts> {
  return readTablesOf(root, (markdown, file) => {
    const facts = readFacts(markdown, file);
    const mistakes = facts.filter((fact) => readerOf(fact) === undefined).map(unknownFact);
    if (mistakes.length > 0) throw mistakenFile(file, 'fact', distinct(mistakes));
    return facts;
  });
}

function unknownFact({ name, line }: Fact): Mistake {
  const way = `${didYouMean(name, Object.keys(readers))}; docs/conventions.md lists them`;
  return { line, message: `there is no fact "${name}"${way}` };
}

/** One of each line: a row has a fact for each environment. */
function distinct(mistakes: readonly Mistake[]): Mistake[] {
  return [...new Map(mistakes.map((mistake) => [mistake.line, mistake])).values()];
}

/** The reader of a fact and the words left for it: names of two words come before names of one. */
function readerOf(fact: Fact): { readonly read: Reader; readonly words: readonly string[] } | undefined {
  const words = fact.name.split(/\s+/);
  if (fact.name.startsWith('$')) return { read: (object) => readPath(object, fact.name), words: [] };
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (read !== undefined) return { read, words: words.slice(length) };
  }
  return undefined;
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
  const reader = readerOf(fact);
  if (reader === undefined) return problem(unknownFact(fact).message);
  let reading: Reading;
  try {
    reading = reader.read(object, reader.words, objects);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return problem(`${where} says that ${fact.name} is ${fact.expected}, and ${reason}`);
  }
  if (holds(fact.expected, reading.value)) return undefined;
  if (fact.expected.startsWith('~') && reading.value.includes('\n')) {
    const wanted = fact.expected.slice(1);
    const message = `${where} says that ${fact.name} holds "${wanted}", and it does not`;
    return { ...problem(message, reading.path), within: nearestLine(reading.value, wanted) };
  }
  const read = reading.object ?? object;
  return {
    ...problem(
      `${where} says that ${fact.name} is ${fact.expected}, and it is ${reading.value}`,
      wrongPart(read, reading, fact.expected),
    ),
    object: read,
  };
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
