import { didYouMean } from '../text/nearest.ts';

/** Functions that a template of an alert may call. Source: Go, `text/template`; prometheus/prometheus, `template/template.go`. */
const known = (
  'and call eq ge gt html index js le len lt ne not or print printf println slice urlquery ' +
  'query first label value strvalue args reReplaceAll safeHtml match title toUpper toLower graphLink tableLink ' +
  'sortByLabel stripPort stripDomain humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp ' +
  'toTime toDuration now pathPrefix externalURL parseDuration urlQueryEscape tmpl'
).split(' ');

const constants = new Set(['true', 'false', 'nil']);

interface Token {
  readonly kind: 'text' | 'number' | 'variable' | 'field' | 'name' | 'sign' | 'space';
  readonly text: string;
}

const kinds: readonly (readonly [Token['kind'], RegExp])[] = [
  ['space', /^\s+?(?=\s-\}\}|\S|$)/],
  ['text', /^(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+')/],
  ['variable', /^\$\w*/],
  ['number', /^[+-]?\.?\d[\w.]*/],
  ['field', /^\.\w*/],
  ['name', /^[\p{L}_][\p{L}\p{N}_]*/u],
  ['sign', /^(?::=|[=|(),])/],
];

/** A block that is open: what began it, and how many variables there were before. */
interface Block {
  readonly word: string;
  readonly variables: number;
}

/**
 * What is wrong with a template of Go's in a label or an annotation of an alert, or undefined: brackets, words of blocks,
 * functions and variables that there are not.
 */
export function wrongTemplate(text: string): string | undefined {
  if (!text.includes('{{')) return undefined;
  const variables = ['$', '$labels', '$externalLabels', '$externalURL', '$value'];
  const blocks: Block[] = [];
  let at = text.indexOf('{{');
  while (at !== -1) {
    at += 2;
    if (/^-\s/.test(text.slice(at))) at += 2;
    if (/^\s*\/\*/.test(text.slice(at))) {
      const comment = /^\/\*[\s\S]*?\*\/(?:\s-)?\}\}/.exec(text.slice(at));
      if (comment === null) return 'a comment must end with */}}';
      at = text.indexOf('{{', at + comment[0].length);
      continue;
    }
    const tokens: Token[] = [];
    while (true) {
      const rest = text.slice(at);
      const close = /^(?:\s-)?\}\}/.exec(rest);
      if (close !== null) {
        at += close[0].length;
        break;
      }
      const found = kinds
        .map(([kind, form]) => [kind, form.exec(rest)?.[0]] as const)
        .find(([, match]) => match);
      if (found?.[1] === undefined) {
        if (rest === '') return 'a {{ is not closed by }}';
        return `\`${rest.slice(0, 20).trim()}\` is nothing that a template knows`;
      }
      const token = { kind: found[0], text: found[1] };
      if (isGlued(tokens.at(-1), token))
        return `\`${tokens.at(-1)?.text}${token.text}\` is nothing that a template knows`;
      tokens.push(token);
      at += found[1].length;
    }
    const wrong = inAction(tokens, variables, blocks);
    if (wrong !== undefined) return wrong;
    at = text.indexOf('{{', at);
  }
  const open = blocks.at(-1);
  return open === undefined ? undefined : `{{ ${open.word} }} has no {{ end }}`;
}

/** True for two values without a space between them; a field may follow at once. */
function isGlued(before: Token | undefined, { kind, text }: Token): boolean {
  if (before === undefined || /^(?:space|sign)$/.test(before.kind) || kind === 'space' || kind === 'sign')
    return false;
  return kind !== 'field' || text === '.' || before.text === '.' || before.kind === 'number';
}

function inAction(tokens: readonly Token[], variables: string[], blocks: Block[]): string | undefined {
  const words = tokens.filter(({ kind }) => kind !== 'space');
  const [first] = words;
  if (first === undefined) return '{{ }} holds nothing';
  const rest = words.slice(1);
  if (first.kind !== 'name') return inPipeline(words, variables);
  switch (first.text) {
    case 'if':
    case 'with':
    case 'range':
      blocks.push({ word: first.text, variables: variables.length });
      return inPipeline(rest, variables, first.text);
    case 'else': {
      if (blocks.length === 0) return '{{ else }} has no {{ if }}';
      const [next] = rest;
      if (next === undefined) return undefined;
      return next.text === 'if' || next.text === 'with'
        ? inPipeline(rest.slice(1), variables, next.text)
        : `{{ else ${next.text} }} is nothing that a template knows`;
    }
    case 'end': {
      const block = blocks.pop();
      if (block === undefined) return '{{ end }} ends nothing';
      variables.length = block.variables;
      return rest.length === 0 ? undefined : `{{ end ${rest[0]?.text} }} is nothing that a template knows`;
    }
    case 'define':
    case 'block':
      blocks.push({ word: first.text, variables: variables.length });
      return rest[0]?.kind === 'text' ? undefined : `{{ ${first.text} }} wants a name in quotes`;
    case 'template':
      return rest[0]?.kind === 'text' ? undefined : '{{ template }} wants a name in quotes';
    case 'break':
    case 'continue':
      return blocks.some(({ word }) => word === 'range')
        ? undefined
        : `{{ ${first.text} }} stands in no range`;
    default:
      return inPipeline(words, variables);
  }
}

function inPipeline(words: readonly Token[], variables: string[], word?: string): string | undefined {
  const sign = words.findIndex(({ text, kind }) => kind === 'sign' && text === ':=');
  if (sign === 0) return ':= has no variable before it';
  const declared = sign === -1 ? [] : words.slice(0, sign).filter(({ kind }) => kind === 'variable');
  const wrong = inCommands(sign === -1 ? words : words.slice(sign + 1), variables, word);
  variables.push(...declared.map(({ text }) => text));
  return wrong;
}

function inCommands(
  words: readonly Token[],
  variables: readonly string[],
  word?: string,
): string | undefined {
  let depth = 0;
  let empty = true;
  for (const [index, { kind, text }] of words.entries()) {
    if (kind === 'sign') {
      if (text === '(') depth += 1;
      else if (text === ')') {
        depth -= 1;
        if (depth < 0) return 'a ) closes nothing';
        if (empty) return '() holds nothing';
      } else if (text === '|' && empty) return 'a | has nothing before it';
      else if (text === ',') return 'a , stands between no variables of a range';
      empty = text === '(' || text === '|';
      continue;
    }
    if (kind === 'variable' && !variables.includes(text))
      return `there is no variable ${text}${didYouMean(text, variables.slice(1))}`;
    if (kind === 'name' && !constants.has(text) && !known.includes(text))
      return `there is no function ${text}${didYouMean(text, known)}`;
    const piped = words[index - 1]?.text === '|';
    if (piped && (kind === 'number' || kind === 'text' || constants.has(text)))
      return `nothing can be piped into ${text}`;
    empty = false;
  }
  if (depth > 0) return 'a ( is not closed';
  return words.length > 0 ? undefined : `{{ ${word ?? ''} }} wants a value`;
}
