import { styleText } from 'node:util';
import type { ObjectChange } from './compare-objects.ts';
import type { Difference } from './difference.ts';
import { type ChangeLine, changeLines } from './lines.ts';
import { isOwnName, shareChanges } from './shared-changes.ts';
import { type Statement, shareStatements } from './shared-statements.ts';

export interface DifferenceText {
  /** How the two sides are called: `main`, `the working tree`. */
  readonly from: string;
  readonly to: string;
  /** Colour is for a terminal alone. */
  readonly colour: boolean;
}

const styles = { '+': 'green', '-': 'red', '~': 'yellow', ' ': 'reset' } as const;

/** What a change does, for a person: each system's objects and fields, then what is newly wrong and what is mended. */
export function differenceText(difference: Difference, { from, to, colour }: DifferenceText): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const painted = ({ mark, text }: ChangeLine, indent: string) =>
    paint(styles[mark], `${indent}${mark} ${text}`);
  const lines = [paint('bold', `${from} → ${to}`), ''];
  for (const { system, changes } of shareChanges(difference)) {
    for (const [environments, group] of Map.groupBy(changes, (change) => change.environments.join(', '))) {
      lines.push(paint('bold', environments === '' ? system : `${system} in ${environments}`));
      for (const { object, change } of group) {
        lines.push(painted({ mark: markOf(change), text: object }, '  '));
        for (const line of linesOf(change)) lines.push(painted(line, '      '));
      }
      lines.push('');
    }
  }
  lines.push(...unreadableLines(difference));
  const { dangers, notes, found, mended } = statementsOf(difference);
  lines.push(...statementLines('danger,', dangers, paint));
  lines.push(...statementLines('new', found, paint));
  lines.push(...statementLines('mended', mended, paint));
  for (const { about, message, targets } of notes)
    lines.push(`note: ${about}: ${message} (${targets.join(', ')})`);
  if (notes.length > 0) lines.push('');
  lines.push(summaryOf(difference));
  return `${lines.join('\n')}\n`;
}

/** `+` for an object that comes, `-` for one that goes. */
export function markOf({ before, after }: ObjectChange): '+' | '-' | '~' {
  if (before === undefined) return '+';
  return after === undefined ? '-' : '~';
}

/** All that is another in an object, without its own generated name; what only follows such a name in one line. */
export function linesOf({ changes, follows }: ObjectChange): ChangeLine[] {
  const lines = changes
    .filter((change) => !follows.has(change) && !isOwnName(change))
    .flatMap((change) => changeLines(change));
  const names = new Set(
    [...follows].map((change) => (change.kind === 'changed' ? String(change.after) : '')),
  );
  if (names.size === 0) return lines;
  const stems = [...names].map((name) => name.replace(/-[^-]+$/, '')).join(', ');
  return [...lines, { mark: '~', text: `takes the new ${stems}` }];
}

/** What could not be compared, and what that means for all else that is said of it. */
export function unreadableLines({ targets }: Difference): string[] {
  return targets.flatMap(({ target, state, unreadable }) => {
    if (state !== 'unreadable') return [];
    const what = {
      older:
        'the older side does not render: all that is wrong with the newer is told, whether it is new or not',
      newer: 'the newer side does not render: what it would do is not known',
      both: 'neither side renders',
    }[unreadable ?? 'both'];
    return [`${target.name}: ${what}`, ''];
  });
}

function statementLines(
  what: string,
  statements: readonly Statement[],
  paint: (style: 'red' | 'yellow' | 'bold', text: string) => string,
): string[] {
  return statements.flatMap(({ severity, id, about, message, source, targets }) => {
    const mark = paint(severity === 'error' ? 'red' : 'yellow', `${what} ${severity}:`);
    return [
      `${mark} ${paint('bold', id)} ${about}`.trimEnd(),
      `  ${message}`,
      ...(source === undefined ? [] : [`  at ${source}`]),
      `  in ${targets.join(', ')}`,
      '',
    ];
  });
}

/** All that is said of a difference beside what changes. */
export function statementsOf(difference: Difference) {
  const dangers = shareStatements(difference, (target) => target.dangers);
  return {
    dangers: dangers.filter(({ severity }) => severity !== 'note'),
    notes: dangers.filter(({ severity }) => severity === 'note'),
    found: shareStatements(difference, ({ found }) => found),
    mended: shareStatements(difference, ({ mended }) => mended),
  };
}

/** True where a pull request should not be merged as it is: something is newly wrong, refused, or lost. */
export function isWrong(difference: Difference): boolean {
  const { dangers, found } = statementsOf(difference);
  return [...dangers, ...found].some(({ severity }) => severity === 'error');
}

/** The whole difference in one line. */
export function summaryOf(difference: Difference): string {
  const { compared, targets } = difference;
  const objects = shareChanges(difference).flatMap(({ changes }) => changes);
  const count = (mark: string) => objects.filter(({ change }) => markOf(change) === mark).length;
  const { dangers, found } = statementsOf(difference);
  const errors = (statements: readonly Statement[]) =>
    statements.filter(({ severity }) => severity === 'error').length;
  return (
    `${targets.length} of ${compared} targets change: ${count('+')} objects come, ${count('~')} change, ${count('-')} go; ` +
    `${errors(found)} new errors, ${errors(dangers)} dangers that fail`
  );
}
