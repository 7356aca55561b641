import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** Functions that look back over a range of time: `rate(x[5m])`. */
const ofRanges =
  /^(?:rate|irate|increase|delta|idelta|deriv|predict_linear|changes|resets|absent_over_time|\w+_over_time|(?:double_exponential|holt)_.*)$/;

/**
 * What is wrong with a Prometheus expression, or undefined. The grammar is Prometheus' own; beyond it, functions of ranges
 * must be given one.
 */
export function mistakeIn(expression: string): string | undefined {
  const { topNode } = parser.parse(expression);
  let found: string | undefined;
  const near = (from: number) => {
    const rest = expression.slice(from).trim().split('\n')[0] ?? '';
    return rest === '' ? 'at its end' : `at \`${rest.slice(0, 30)}\``;
  };
  topNode.cursor().iterate((node) => {
    if (found !== undefined) return false;
    if (node.type.isError) found = `it does not parse ${near(node.from)}`;
    else if (node.name === 'FunctionCall') found = misused(node.node, expression);
    return undefined;
  });
  return found;
}

function misused(call: SyntaxNode, expression: string): string | undefined {
  const textOf = (node: SyntaxNode | null) => (node === null ? '' : expression.slice(node.from, node.to));
  const name = textOf(call.getChild('FunctionIdentifier'));
  if (!ofRanges.test(name)) return undefined;
  const hasRange = (node: SyntaxNode | null): boolean => {
    for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) {
      if (child.name === 'MatrixSelector' || child.name === 'SubqueryExpr') return true;
      // An offset, an instant or brackets may stand around it.
      if (/^(?:OffsetExpr|StepInvariantExpr|ParenExpr)$/.test(child.name) && hasRange(child)) return true;
    }
    return false;
  };
  return hasRange(call.getChild('FunctionCallBody')) ? undefined : `${name}() wants a range, as \`x[5m]\``;
}
