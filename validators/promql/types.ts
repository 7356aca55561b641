import type { SyntaxNode } from '@lezer/common';
import { aggregations, functions, type Type } from './functions.ts';
import { takesEmpty, wrongExpression } from './regular-expression.ts';
import { unquote } from './text.ts';

type Report = (mistake: string) => void;

const named: Readonly<Record<Type, string>> = {
  vector: 'series',
  scalar: 'a number',
  range: 'a range',
  text: 'a text',
};

/**
 * What an expression gives; what does not go together in it is reported, the first that Prometheus would refuse first.
 * Source: prometheus/prometheus, `checkAST` in `promql/parser/parse.go`.
 */
export function typeOf(node: SyntaxNode, source: string, report: Report): Type {
  const textOf = (part: SyntaxNode | null) => (part === null ? '' : source.slice(part.from, part.to));
  const below = (part: SyntaxNode) => typeOf(part, source, report);
  const parts = node.getChildren('Expr');
  const [first] = parts;
  switch (node.name) {
    case 'NumberDurationLiteral':
      return 'scalar';
    case 'StringLiteral': {
      const text = unquote(textOf(node));
      if ('wrong' in text) report(text.wrong);
      return 'text';
    }
    case 'VectorSelector':
      inSelector(node, source, report);
      return 'vector';
    case 'ParenExpr':
      return first === undefined ? 'vector' : below(first);
    case 'UnaryExpr': {
      const type = first === undefined ? 'vector' : below(first);
      if (type !== 'vector' && type !== 'scalar') report(`a sign stands before ${named[type]}`);
      return type;
    }
    case 'MatrixSelector': {
      if (first === undefined) return 'range';
      below(first);
      const late = first.name === 'StepInvariantExpr' && first.getChild('AtModifierPreprocessors') === null;
      if (first.name === 'OffsetExpr' || late)
        report(`the range of \`${textOf(first)}\` must stand before its offset or @`);
      else if (first.name === 'BinaryExpr' || first.name === 'UnaryExpr')
        report(`\`${excerpt(textOf(node))}\` calculates with a range`);
      else if (first.name !== 'VectorSelector' && first.name !== 'StepInvariantExpr')
        report(
          `\`${excerpt(textOf(node))}\` takes a range of what is no metric: that is a subquery, as \`[5m:1m]\``,
        );
      if (isNothing(textOf(node.getChild('DurationExpr')))) report('a range must be longer than nothing');
      return 'range';
    }
    case 'SubqueryExpr': {
      if (first === undefined) return 'range';
      const type = below(first);
      // The grammar takes `a + b[5m:]` for a subquery of the sum.
      if (first.name === 'BinaryExpr' || first.name === 'UnaryExpr')
        report(`\`${excerpt(textOf(node))}\` calculates with a range`);
      else if (type !== 'vector')
        report(`a subquery is of series, and \`${excerpt(textOf(first))}\` is ${named[type]}`);
      return 'range';
    }
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'AnchoredExpr':
    case 'SmoothedExpr': {
      if (first === undefined) return 'vector';
      const type = below(first);
      inModified(node, first, source, report);
      return type;
    }
    case 'AggregateExpr':
      inAggregation(node, source, report);
      return 'vector';
    case 'FunctionCall':
      return inCall(node, source, report);
    case 'BinaryExpr':
      return inBinary(node, source, report);
    default:
      return 'vector';
  }
}

function excerpt(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}...`;
}

/** True for a duration that is written and is none: `0`, `0s`, `-5m`. */
function isNothing(duration: string): boolean {
  return /^-\w+$|^[0.]+(?:ms|[smhdwy])?$/.test(duration);
}

/** An offset or an instant belongs to a selector, and is said once. */
function inModified(node: SyntaxNode, modified: SyntaxNode, source: string, report: Report): void {
  let end: SyntaxNode | null = modified;
  // The grammar puts `a + b offset 5m` around the sum; it is b's.
  while (end?.name === 'BinaryExpr' || end?.name === 'UnaryExpr') end = end.lastChild;
  while (end !== null && /^(?:Offset|StepInvariant|Anchored|Smoothed)Expr$/.test(end.name)) {
    const what = node.name === 'OffsetExpr' ? 'an offset' : '@';
    if (end.name === node.name) report(`\`${excerpt(source.slice(end.from, node.to))}\` has ${what} twice`);
    end = end.firstChild;
  }
  if (end !== null && !/^(?:VectorSelector|MatrixSelector|SubqueryExpr)$/.test(end.name))
    report(
      `${node.name === 'OffsetExpr' ? 'an offset' : '@'} belongs to a metric or its range, not to \`${excerpt(source.slice(end.from, end.to))}\``,
    );
}

function inSelector(node: SyntaxNode, source: string, report: Report): void {
  const name = node.getChild('Identifier') !== null;
  let narrowed = name;
  const nameAgain = () => {
    if (name) report(`\`${excerpt(source.slice(node.from, node.to))}\` names its metric twice`);
    narrowed = true;
  };
  const matchers = node.getChild('LabelMatchers');
  for (let matcher = matchers?.firstChild ?? null; matcher !== null; matcher = matcher.nextSibling) {
    const text = (part: SyntaxNode | null) => (part === null ? '' : source.slice(part.from, part.to));
    if (matcher.name === 'QuotedLabelName') {
      nameAgain();
      continue;
    }
    const value = matcher.getChild('StringLiteral');
    const operator = text(matcher.getChild('MatchOp'));
    if (value === null || operator === '') continue;
    const read = unquote(text(value));
    if ('wrong' in read) {
      report(read.wrong);
      narrowed = true;
      continue;
    }
    const label = text(matcher.getChild('LabelName') ?? matcher.getChild('QuotedLabelName')).replaceAll(
      '"',
      '',
    );
    const byPattern = operator.endsWith('~');
    const wrong = byPattern ? wrongExpression(read.value) : undefined;
    if (wrong !== undefined) report(`${label}${operator}${text(value)} is no regular expression, ${wrong}`);
    const empty = byPattern ? takesEmpty(read.value) : read.value === '';
    if (empty === operator.startsWith('!')) narrowed = true;
    if (label === '__name__' && name) nameAgain();
  }
  if (!narrowed)
    report(
      `\`${excerpt(source.slice(node.from, node.to))}\` takes every series, for each of its labels may be empty`,
    );
}

function argumentsOf(node: SyntaxNode): SyntaxNode[] {
  return node.getChild('FunctionCallBody')?.getChildren('Expr') ?? [];
}

function plural(number: number): string {
  return number === 1 ? '1 argument' : `${number} arguments`;
}

function inAggregation(node: SyntaxNode, source: string, report: Report): void {
  const operator = node.getChild('AggregateOp');
  const name = operator === null ? '' : source.slice(operator.from, operator.to).toLowerCase();
  const parameter = aggregations.get(name);
  const given = argumentsOf(node);
  const wanted = parameter === undefined ? 1 : 2;
  if (given.length !== wanted) {
    report(`${name}() takes ${plural(wanted)}, and is given ${given.length}`);
    return;
  }
  for (const [index, part] of given.entries()) {
    const want = parameter !== undefined && index === 0 ? parameter : 'vector';
    const type = typeOf(part, source, report);
    if (type !== want) report(`${name}() wants ${named[want]}, and is given ${named[type]}`);
  }
}

function inCall(node: SyntaxNode, source: string, report: Report): Type {
  const identifier = node.getChild('FunctionIdentifier');
  const name = identifier === null ? '' : source.slice(identifier.from, identifier.to);
  const signature = functions.get(name);
  const given = argumentsOf(node);
  if (signature === undefined) return 'vector';
  const { takes, least, most, gives } = signature;
  if (given.length < least)
    report(
      `${name}() takes ${least === most ? '' : 'at least '}${plural(least)}, and is given ${given.length}`,
    );
  if (given.length > most)
    report(
      `${name}() takes ${least === most ? '' : 'at most '}${plural(most)}, and is given ${given.length}`,
    );
  for (const [index, part] of given.entries()) {
    // What info() is told to add may have labels that may be empty.
    if (name === 'info' && index === 1) continue;
    const type = typeOf(part, source, report);
    const want = takes[Math.min(index, takes.length - 1)];
    if (want === undefined || type === want) continue;
    if (want === 'range') report(`${name}() wants a range, as \`x[5m]\``);
    else report(`${name}() wants ${named[want]}, and is given ${named[type]}`);
  }
  return gives;
}

const comparing = /^(?:Eql|Neq|Lte|Lss|Gte|Gtr)$/;
const ofSets = /^(?:And|Or|Unless)$/;

function inBinary(node: SyntaxNode, source: string, report: Report): Type {
  const [left, right] = node.getChildren('Expr');
  if (left === undefined || right === undefined) return 'vector';
  const sign = left.nextSibling;
  const operator = sign === null ? '' : source.slice(sign.from, sign.to);
  const compares = comparing.test(sign?.name ?? '');
  const [l, r] = [typeOf(left, source, report), typeOf(right, source, report)];
  const bool = node.getChild('BoolModifier') !== null;
  if (bool && !compares) report(`bool belongs to a comparison, not to ${operator}`);
  for (const type of [l, r])
    if (type === 'range' || type === 'text') report(`${operator} cannot calculate with ${named[type]}`);
  if (compares && !bool && l === 'scalar' && r === 'scalar')
    report(
      `\`${excerpt(source.slice(node.from, node.to))}\` compares two numbers, which wants \`${operator} bool\``,
    );
  inMatching(node, source, [l, r], operator, report);
  if (ofSets.test(sign?.name ?? '') && (l === 'scalar' || r === 'scalar'))
    report(`${operator} wants series on both sides, and has a number`);
  return l === 'scalar' && r === 'scalar' ? 'scalar' : 'vector';
}

function inMatching(
  node: SyntaxNode,
  source: string,
  [left, right]: readonly [Type, Type],
  operator: string,
  report: Report,
): void {
  const clause = node.getChild('MatchingModifierClause');
  if (clause === null) return;
  const [by = [], group = []] = clause.getChildren('GroupingLabels').map((labels) => {
    const list = [...labels.getChildren('LabelName'), ...labels.getChildren('QuotedLabelName')];
    return list.map((label) => source.slice(label.from, label.to));
  });
  const both = clause.getChild('On') === null ? undefined : by.find((label) => group.includes(label));
  if (both !== undefined) report(`label ${both} is in on() and in the group at once`);
  if (by.length > 0 && (left !== 'vector' || right !== 'vector'))
    report(`on() and ignoring() want series on both sides of ${operator}`);
  const grouped = clause.getChild('GroupLeft') ?? clause.getChild('GroupRight');
  if (grouped !== null && ofSets.test(operatorName(node)))
    report(`${operator} takes no group_left or group_right`);
}

function operatorName(node: SyntaxNode): string {
  return node.getChildren('Expr')[0]?.nextSibling?.name ?? '';
}
