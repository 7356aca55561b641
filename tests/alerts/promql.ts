import { parser } from '@prometheus-io/lezer-promql';

/** A part of an expression, with its place in the text. */
export interface Part {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export interface Matcher extends Part {
  readonly label: string;
  readonly operator: string;
  /** Without its quotes. */
  readonly value: Part;
}

/** A metric that an expression asks for, and what it asks of its labels. */
export interface Selector extends Part {
  readonly metric: Part;
  readonly matchers: readonly Matcher[];
}

/** What an expression is made of, as far as tests of alerts and dashboards ask. */
export interface Expression {
  readonly selectors: readonly Selector[];
  /** Numbers that are no durations. */
  readonly numbers: readonly Part[];
  /** Labels that it groups or joins by. */
  readonly grouping: readonly string[];
}

/** Reads an expression by Prometheus' own grammar. @throws Error when it does not parse. */
export function readExpression(text: string): Expression {
  const selectors: Selector[] = [];
  const numbers: Part[] = [];
  const grouping: string[] = [];
  const part = ({ from, to }: { readonly from: number; readonly to: number }): Part => ({
    text: text.slice(from, to),
    from,
    to,
  });
  parser
    .parse(text)
    .topNode.cursor()
    .iterate((node) => {
      if (node.type.isError) throw new Error(`does not parse at ${text.slice(node.from, node.from + 30)}`);
      if (node.name === 'NumberDurationLiteral') numbers.push(part(node));
      if (node.name === 'GroupingLabels')
        grouping.push(...node.node.getChildren('LabelName').map((label) => part(label).text));
      if (node.name !== 'VectorSelector') return;
      const name = node.node.getChild('Identifier');
      if (name === null) throw new Error(`${part(node).text} names no metric`);
      const matchers = (node.node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map(
        (matcher): Matcher => {
          const [label, operator, value] = ['LabelName', 'MatchOp', 'StringLiteral'].map((kind) => {
            const found = matcher.getChild(kind);
            if (found === null) throw new Error(`${part(matcher).text} has no ${kind}`);
            return part(found);
          }) as [Part, Part, Part];
          const inner = { from: value.from + 1, to: value.to - 1 };
          return { ...part(matcher), label: label.text, operator: operator.text, value: part(inner) };
        },
      );
      selectors.push({ ...part(node), metric: part(name), matchers });
    });
  return { selectors, numbers, grouping };
}

/** The text with one part of it replaced. */
export function replacePart(text: string, { from, to }: Part, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}
