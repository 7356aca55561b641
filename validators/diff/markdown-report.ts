import type { Difference } from './difference.ts';
import { shareChanges } from './shared-changes.ts';
import type { Statement } from './shared-statements.ts';
import { linesOf, markOf, statementsOf, summaryOf, unreadableLines } from './text-report.ts';

/** What a comment of a pull request may have, in characters; hosts take 65,536 and GitLab more. */
const longestComment = 60_000;

/**
 * A comment for a pull request: what changes in one line, then a fold for each system and its environments, and what is newly
 * wrong. Where it would be longer than hosts take, whole folds are left out, and counted.
 */
export function differenceMarkdown(
  difference: Difference,
  { from, to }: { from: string; to: string },
): string {
  const head = [`**${from} → ${to}**: ${summaryOf(difference)}`, ''];
  const { dangers, notes, found, mended } = statementsOf(difference);
  const list = (title: string, statements: readonly Statement[]) =>
    statements.length === 0
      ? []
      : [
          `**${title}**`,
          '',
          ...statements.map(({ severity, id, about, message, targets }) => {
            const what = [severity === 'note' ? '' : `**${severity}** \`${id}\``, about].filter(
              (text) => text !== '',
            );
            return `- ${what.join(' ')} in ${targets.join(', ')}: ${escaped(message)}`;
          }),
          '',
        ];
  const folds = shareChanges(difference).flatMap(({ system, changes }) =>
    [...Map.groupBy(changes, ({ environments }) => environments.join(', '))].map(([environments, group]) => {
      const lines = group.flatMap(({ object, change }) => [
        `${markOf(change)} ${object}`,
        ...linesOf(change).map(({ mark, text }) => `${mark === '~' ? '!' : mark}     ${text}`),
      ]);
      const where = environments === '' ? system : `${system} in ${environments}`;
      // A fence that no line of it closes.
      const fence = '`'.repeat(
        Math.max(3, ...lines.map((line) => (/`{3,}/.exec(line)?.[0].length ?? 0) + 1)),
      );
      return [
        `<details><summary>${escaped(where)}: ${group.length} objects</summary>`,
        '',
        `${fence}diff`,
        ...lines,
        fence,
        '</details>',
        '',
      ].join('\n');
    }),
  );
  const said = [
    ...unreadableLines(difference),
    ...list('What it would break', dangers),
    ...list('Newly wrong', found),
    ...list('Mended', mended),
    ...list('By the way', notes),
  ];
  const parts = [[...head, ...said].join('\n')];
  let length = parts[0]?.length ?? 0;
  let left = 0;
  for (const fold of folds) {
    if (left > 0 || length + fold.length > longestComment) left += 1;
    else {
      parts.push(fold);
      length += fold.length;
    }
  }
  if (left > 0) parts.push(`${left} more do not fit in a comment: \`npm run diff\` shows them.\n`);
  return `${parts.join('\n').trimEnd()}\n`;
}

const escaped = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('\n', ' ');
