/** What a line of a page asks kubectl for. */
export interface KubectlLine {
  /** `get`, `logs` */
  readonly verb: string;
  readonly namespace: string | undefined;
  /** Kinds as they are written: `pods`, `pvc`, `deploy`; of what is made from another, that. */
  readonly kinds: readonly string[];
  readonly names: readonly string[];
  /** Labels of its selector, with their values. */
  readonly labels: Readonly<Record<string, string>>;
  readonly container: string | undefined;
}

/** Options that have a value, as the house's pages write them; other long ones have theirs after `=`. */
const valued = new Set(['-n', '-l', '-c', '-o', '--field-selector', '--patch']);

/** Verbs whose first word is a verb too. */
const families = new Set(['rollout']);

/** Verbs that mean a pod where no kind is said. */
const ofPods = new Set(['logs', 'exec', 'port-forward']);

/**
 * Reads a command line of kubectl up to its pipe or its `--`.
 * @throws Error where it has a short option that this does not know.
 */
export function readKubectl(line: string): KubectlLine {
  const options = new Map<string, string>();
  const [, ...words] = wordsOf(line);
  const plain: string[] = [];
  let from: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (valued.has(word)) {
      index += 1;
      options.set(word, words[index] ?? '');
    } else if (word.startsWith('--from=')) from = word.slice('--from='.length);
    else if (/^-\w/.test(word)) throw new Error(`${line}: what is ${word}?`);
    else if (!word.startsWith('--')) plain.push(word);
  }
  const [verb = '', ...rest] = plain;
  const [what = '', ...more] = from !== undefined ? [from] : families.has(verb) ? rest.slice(1) : rest;
  const labels = Object.fromEntries(
    (options.get('-l') ?? '')
      .split(',')
      .filter(Boolean)
      .map((pair) => pair.split('=') as [string, string]),
  );
  return {
    verb,
    namespace: options.get('-n'),
    ...asked(verb, what, more),
    labels,
    container: options.get('-c'),
  };
}

function asked(verb: string, what: string, more: readonly string[]): Pick<KubectlLine, 'kinds' | 'names'> {
  const [kind = '', name] = what.split('/');
  if (name !== undefined) return { kinds: [kind], names: [name] };
  if (ofPods.has(verb)) return { kinds: ['pods'], names: what === '' ? [] : [what] };
  return { kinds: what.split(','), names: more };
}

/** The words of a line as a shell sees them, up to what is another command or another program's. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word, single, double] of line.matchAll(/'([^']*)'|"([^"]*)"|(?:=['"][^'"]*['"]|[^\s'"])+/g)) {
    if (word === '|' || word === '--') break;
    words.push(single ?? double ?? word);
  }
  return words;
}
