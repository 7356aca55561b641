import { withoutPlaceholders } from './placeholders.ts';

/** A script's text without its here-documents, and their lines: a shell only hands those on. */
export function withoutHereDocuments(script: string): {
  readonly text: string;
  readonly handedOn: readonly string[];
} {
  const kept: string[] = [];
  const handedOn: string[] = [];
  let end: string | undefined;
  for (const line of script.replaceAll(/\\\n/g, ' ').split('\n')) {
    if (end !== undefined) {
      if (line.trim() === end) end = undefined;
      else if (!/^\s*(?:#|--|\/\/)/.test(line)) handedOn.push(line);
      continue;
    }
    end = /<<-?\s*["']?([A-Za-z_]\w*)["']?/.exec(line)?.[1];
    kept.push(line);
  }
  return { text: kept.join('\n'), handedOn };
}

/** The simple commands of a script, each as its words without their quotes; undefined where a quote is never closed. */
export function commandsIn(script: string): string[][] | undefined {
  const commands: string[][] = [[]];
  let word: string | undefined;
  let quote = '';
  const endWord = () => {
    if (word !== undefined) commands.at(-1)?.push(word);
    word = undefined;
  };
  for (let at = 0; at < script.length; at += 1) {
    const character = script[at] ?? '';
    if (quote !== '') {
      if (character === quote) quote = '';
      else if (character === '\\' && quote === '"' && /["\\$`]/.test(script[at + 1] ?? '')) {
        at += 1;
        word += script[at] ?? '';
      } else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '#' && word === undefined) {
      while (at + 1 < script.length && script[at + 1] !== '\n') at += 1;
    } else if (/[\n;&|()`]/.test(character)) {
      endWord();
      if (commands.at(-1)?.length !== 0) commands.push([]);
    } else if (/\s/.test(character)) endWord();
    else if (character === '\\') {
      at += 1;
      word = `${word ?? ''}${script[at] ?? ''}`;
    } else word = `${word ?? ''}${character}`;
  }
  if (quote !== '') return undefined;
  endWord();
  return commands;
}

/** Values that a script gives its own variables: `HOST=mysql`, `for host in a b; do`. */
export function variablesOf(script: string): Map<string, string[]> {
  const variables = new Map<string, string[]>();
  for (const [, name = '', double, single, plain] of script.matchAll(
    /(?:^|[;&(\s])([A-Za-z_]\w*)=(?:"([^"$`]*)"|'([^']*)'|([^\s"'$`;&|()]+))(?=[\s;&|)]|$)/g,
  )) {
    const value = double ?? single ?? plain;
    if (value !== undefined && value !== '') variables.set(name, [value]);
  }
  for (const [, name = '', list = ''] of script.matchAll(/\bfor\s+([A-Za-z_]\w*)\s+in\s+([^;\n$`]+)/g)) {
    variables.set(
      name,
      list
        .trim()
        .split(/\s+/)
        .map((item) => item.replaceAll(/["']/g, '')),
    );
  }
  return variables;
}

/** A line once for each value of the script's own variables in it. */
export function expanded(line: string, variables: ReadonlyMap<string, readonly string[]>): string[] {
  let lines = [line];
  for (const [name, values] of variables) {
    const use = new RegExp(`\\$(?:\\{${name}\\}|${name}\\b)`, 'g');
    if (!lines.some((one) => one.search(use) >= 0)) continue;
    lines = lines.flatMap((one) => values.slice(0, 16).map((value) => one.replaceAll(use, () => value)));
  }
  return lines.slice(0, 64);
}

/** Keeps words apart while variables are filled in. */
export const separator = '\uE001';

/** A script without what only run time knows and without what goes to other streams: neither ends a command. */
export function bareOf(script: string): string {
  return withoutPlaceholders(script, true).replaceAll(/\d?>&[\d-]|&>{1,2}\s*\S+/g, ' ');
}

/** Programs that run one of their words as a script. */
export const shells = /^(?:(?:ba|da|a|z|k)?sh|su|runuser|eval)$/;

/** The program that a simple command runs, without its folder and what goes before it. */
export function programOf(words: readonly string[]): string {
  const skipped = new Set([
    'exec',
    'sudo',
    'env',
    'until',
    'while',
    'if',
    'elif',
    'then',
    'do',
    'else',
    '{',
    '}',
    '!',
    'time',
    'nohup',
    'timeout',
    'command',
    '-k',
    '-s',
    '-t',
  ]);
  const word = words.find(
    (candidate) =>
      !skipped.has(candidate) &&
      !/^[A-Za-z_]\w*=/.test(candidate) &&
      !/^\d+(?:\.\d+)?[smhd]?$/.test(candidate),
  );
  return word?.split('/').at(-1) ?? '';
}
