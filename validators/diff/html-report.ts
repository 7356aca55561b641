import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckedTarget } from '../check.ts';
import { describeResource } from '../finding.ts';
import { arrowHead, escapeHtml } from '../graph/drawing.ts';
import { nameOf } from '../render/objects.ts';
import { topologyOfTarget } from '../topology-of-target.ts';
import { changedTopology, isAnother } from './changed-topology.ts';
import type { Difference, TargetDifference } from './difference.ts';
import { type SharedChange, shareChanges } from './shared-changes.ts';
import type { Statement } from './shared-statements.ts';
import { linesOf, markOf, statementsOf, summaryOf, unreadableLines } from './text-report.ts';
import { drawChanges, listChanges } from './topology-picture.ts';

/** What the page needs beside the difference: how the two sides are called, and what they are, for the pictures. */
export interface DifferenceHtml {
  readonly from: string;
  readonly to: string;
  readonly before: readonly CheckedTarget[];
  readonly after: readonly CheckedTarget[];
}

/** Up to so many folds stand open. */
const fewFolds = 3;

/**
 * A difference as one HTML page that needs nothing beside it and runs no script: dangers, then each system's changes in folds,
 * then the topology of each target before and after in one picture. It is well-formed XML as well.
 */
export async function differenceHtml(difference: Difference, options: DifferenceHtml): Promise<string> {
  const [picture, style] = await Promise.all(
    ['../graph/picture.css', 'page.css'].map((file) => readFile(join(import.meta.dirname, file), 'utf8')),
  );
  const { dangers, notes, found, mended } = statementsOf(difference);
  const title = escapeHtml(`${options.from} → ${options.to}`);
  const unreadable = unreadableLines(difference).filter((line) => line !== '');
  const sections = [
    section('dangers', 'What it would break', statementList(dangers)),
    section('found', 'Newly wrong', statementList(found)),
    section(
      'unreadable',
      'Not compared',
      unreadable.map((line) => `<li>${escapeHtml(line)}</li>`),
    ),
    section('mended', 'Mended', statementList(mended)),
    section('notes', 'By the way', statementList(notes)),
    changesSection(difference),
    topologySection(difference, options),
  ].filter((one) => one !== undefined);
  const links = sections.map(({ id, heading }) => `<li><a href="#${id}">${heading}</a></li>`);
  return `<!DOCTYPE html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"/>
<title>${title}</title>
<style>
${picture}
${style}</style>
</head>
<body>
<svg xmlns="http://www.w3.org/2000/svg" class="heads" width="0" height="0" aria-hidden="true"><defs>${arrowHead}</defs></svg>
<header>
<h1>${title}</h1>
<p>${escapeHtml(summaryOf(difference))}</p>
${links.length < 2 ? '' : `<nav aria-label="Sections"><ul>${links.join('')}</ul></nav>`}
</header>
<main>
${sections.map(({ html }) => html).join('\n')}
</main>
</body>
</html>
`;
}

interface Section {
  readonly id: string;
  readonly heading: string;
  readonly html: string;
}

function section(id: string, heading: string, items: readonly string[]): Section | undefined {
  if (items.length === 0) return undefined;
  return asSection(id, `${heading} (${items.length})`, `<ul class="said">${items.join('\n')}</ul>`);
}

function asSection(id: string, heading: string, content: string): Section {
  const html = `<section id="${id}" aria-labelledby="${id}-heading">\n<h2 id="${id}-heading">${heading}</h2>\n${content}\n</section>`;
  return { id, heading, html };
}

function statementList(statements: readonly Statement[]): string[] {
  return statements.map(({ severity, id, about, message, source, targets }) => {
    const text = [about, `in ${targets.join(', ')}`].filter((part) => part !== '').join(' ');
    const place = source === undefined ? '' : `<p>at <code>${escapeHtml(source)}</code></p>`;
    return (
      `<li class="${severity}"><p><strong>${severity}</strong> <code>${escapeHtml(id)}</code> ${escapeHtml(text)}</p>` +
      `<p>${escapeHtml(message)}</p>${place}</li>`
    );
  });
}

function changesSection(difference: Difference): Section | undefined {
  const systems = shareChanges(difference).map(({ system, changes }) => ({
    system,
    folds: [...Map.groupBy(changes, ({ environments }) => environments.join(', '))],
  }));
  const count = systems.flatMap(({ folds }) => folds).length;
  if (count === 0) return undefined;
  const parts = systems.map(({ system, folds }) => {
    const inside = folds.map(([environments, group]) => {
      const where = environments === '' ? system : `${system} in ${environments}`;
      return fold(`${where}: ${countText(group)}`, group.map(objectText).join('\n'), count <= fewFolds);
    });
    return `<h3>${escapeHtml(system)}</h3>\n${inside.join('\n')}`;
  });
  return asSection('changes', 'What changes', parts.join('\n'));
}

/** `1 comes, 2 change`. */
function countText(group: readonly SharedChange[]): string {
  const count = (mark: string) => group.filter(({ change }) => markOf(change) === mark).length;
  const words = [
    [count('+'), 'comes', 'come'],
    [count('~'), 'changes', 'change'],
    [count('-'), 'goes', 'go'],
  ] as const;
  return words
    .filter(([number]) => number > 0)
    .map(([number, one, many]) => `${number} ${number === 1 ? one : many}`)
    .join(', ');
}

const fold = (summary: string, content: string, isOpen: boolean): string =>
  `<details${isOpen ? ' open=""' : ''}><summary>${escapeHtml(summary)}</summary>\n${content}\n</details>`;

const elements = { '+': 'ins', '-': 'del', '~': 'b', ' ': 'span' } as const;

function objectText({ object, change }: SharedChange): string {
  const mark = markOf(change);
  const lines = linesOf(change).map(
    ({ mark, text }) => `<${elements[mark]}>${escapeHtml(`${mark} ${text}`)}</${elements[mark]}>`,
  );
  return (
    `<h4><${elements[mark]}>${escapeHtml(`${mark} ${object}`)}</${elements[mark]}></h4>` +
    (lines.length === 0 ? '' : `<pre>${lines.join('')}</pre>`)
  );
}

function topologySection(difference: Difference, { before, after }: DifferenceHtml): Section | undefined {
  const was = new Map(before.map((checked) => [checked.target.name, checked]));
  const is = new Map(after.map((checked) => [checked.target.name, checked]));
  const drawn = toDraw(difference).flatMap((one) => {
    const { name } = one.target;
    const [older, newer] = [was.get(name), is.get(name)].map((checked) =>
      checked === undefined ? nothing : topologyOfTarget(checked),
    );
    const changed = changedTopology(older ?? nothing, newer ?? nothing, touchedBy(one));
    return isAnother(changed) ? [{ name, changed }] : [];
  });
  if (drawn.length === 0) return undefined;
  const folds = drawn.map(({ name, changed }) => {
    const list = listChanges(changed).map((text) => `<li>${escapeHtml(text)}</li>`);
    const label = escapeHtml(`Picture of ${name}`);
    const picture = drawChanges(name, changed);
    const figure =
      picture === undefined
        ? '<p>More parts than a picture can show:</p>'
        : `<figure tabindex="0" role="group" aria-label="${label}">${picture}</figure>`;
    return fold(
      `${name}: ${list.length} ${list.length === 1 ? 'change' : 'changes'} in the picture`,
      `${figure}\n<ul class="parts">${list.join('\n')}</ul>`,
      drawn.length <= fewFolds,
    );
  });
  const choices = [
    ['both', 'Before and after'],
    ['before', 'Before'],
    ['after', 'After'],
  ].map(
    ([value, text], index) =>
      `<label><input type="radio" name="shown" id="shown-${value}"${index === 0 ? ' checked=""' : ''}/> ${text}</label>`,
  );
  const legend =
    '<p><ins>+ new</ins>, <del>- gone (dashed)</del>, <b>~ changed</b>; <em>!</em>: something is wrong with it; a thick line is cut by policies, or leads nowhere.</p>';
  const chooser = `<fieldset><legend>Shown in the pictures</legend>${choices.join(' ')}</fieldset>`;
  return asSection('topology', 'Topology', [chooser, legend, ...folds].join('\n'));
}

const nothing = { nodes: [], edges: [] } as const;

/** The targets that are worth a picture: a whole environment only where none of its systems has one. */
function toDraw({ targets }: Difference): TargetDifference[] {
  const systems = new Set(
    targets.filter(({ target }) => target.system !== undefined).map(({ target }) => target.environment),
  );
  return targets.filter(
    ({ target, state }) =>
      state !== 'unreadable' && (target.system !== undefined || !systems.has(target.environment)),
  );
}

function touchedBy({ objects }: TargetDifference): ReadonlySet<string> {
  return new Set(
    objects.flatMap(({ after }) => (after === undefined ? [] : [describeResource(nameOf(after))])),
  );
}
