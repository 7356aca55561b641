import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { didYouMean } from '../text/nearest.ts';
import { remember } from '../text/remember.ts';
import { aggregations, functions } from './functions.ts';
import { typeOf } from './types.ts';

/** What is wrong with an expression. */
export interface Mistake {
  readonly text: string;
  /** False for what Prometheus loads, and then fails at whenever it evaluates the rule. */
  readonly refused: boolean;
}

/**
 * What is wrong with a rule's expression, or undefined: it does not parse, its parts do not go together, or it gives
 * what no rule can use. The grammar is Prometheus' own, and so are the types.
 */
export const mistakeIn: (expression: string) => Mistake | undefined = remember(
  findMistake,
  (expression) => expression,
);

function findMistake(expression: string): Mistake | undefined {
  // Prometheus takes `5.` for 5, its grammar for editors does not.
  const { topNode } = parser.parse(expression.replace(/(?<=(?:^|[\s(,])\d+)\.(?=$|[\s),])/g, ' '));
  const wrong = unparsed(topNode, expression);
  return wrong === undefined ? untyped(topNode.firstChild, expression) : { text: wrong, refused: true };
}

function unparsed(top: SyntaxNode, expression: string): string | undefined {
  let found: string | undefined;
  top.cursor().iterate((node) => {
    if (found !== undefined) return false;
    if (!node.type.isError) return undefined;
    const rest = expression.slice(node.from).trim().split('\n')[0] ?? '';
    const [, name] = /([a-zA-Z_]\w*)\s*$/.exec(expression.slice(0, node.from)) ?? [];
    // A name before brackets is a function's.
    if (name !== undefined && rest.startsWith('(') && !functions.has(name) && !aggregations.has(name))
      found = `there is no function ${name}${didYouMean(name, [...functions.keys(), ...aggregations.keys()])}`;
    else found = `it does not parse ${rest === '' ? 'at its end' : `at \`${rest.slice(0, 30)}\``}`;
    return undefined;
  });
  return found;
}

function untyped(root: SyntaxNode | null, expression: string): Mistake | undefined {
  if (root === null) return { text: 'it is empty', refused: true };
  let text: string | undefined;
  const type = typeOf(root, expression, (mistake) => {
    text ??= mistake;
  });
  if (text !== undefined) return { text, refused: true };
  if (type === 'range')
    return { text: 'it gives a range, where series of one instant are wanted', refused: false };
  return type === 'text' ? { text: 'it gives a text, where series are wanted', refused: false } : undefined;
}
