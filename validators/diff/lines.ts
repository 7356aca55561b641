import { structuredPatch } from 'diff';
import type { Change } from './change.ts';
import { sizeOfBytes } from './mask.ts';
import { commonEnds, mostEdits } from './most-edits.ts';
import { type Path, pathText } from './path.ts';

/** A line of a report: how it begins says what it is. */
export interface ChangeLine {
  readonly mark: '+' | '-' | '~' | ' ';
  readonly text: string;
}

/** The longest value that stands in a line whole, in characters. */
const longest = 120;

/** A change as a person reads it, in lines. */
export function changeLines(change: Change, within: Path = []): ChangeLine[] {
  const path = pathText([...within, ...change.path]);
  if (change.path[0] === 'binaryData' && change.path.length === 2) return bytesLines(path, change);
  switch (change.kind) {
    case 'added':
      return [{ mark: '+', text: `${path}: ${valueText(change.after)}` }];
    case 'removed':
      return [{ mark: '-', text: `${path}: ${valueText(change.before)}` }];
    case 'order':
      return [{ mark: '~', text: `${path}: in another order, ${change.after.map(itemText).join(', ')}` }];
    case 'content': {
      if (change.changes.length === 0)
        return [{ mark: '~', text: `${path}: says the same, written in another way` }];
      return change.changes.flatMap((inner) =>
        changeLines(inner).map(({ mark, text }) => ({ mark, text: `${path} ${text}` })),
      );
    }
    case 'changed':
      return changedLines(path, change.before, change.after, change.same);
  }
}

/** What is no text, by its size. */
function bytesLines(path: string, change: Change): ChangeLine[] {
  if (change.kind === 'added') return [{ mark: '+', text: `${path}: ${sizeOfBytes(change.after)}` }];
  const was = sizeOfBytes(change.before);
  if (change.kind === 'removed') return [{ mark: '-', text: `${path}: ${was}` }];
  const is = sizeOfBytes(change.after);
  return [{ mark: '~', text: `${path}: ${was} → ${is === was ? is.replace(')', ', others)') : is}` }];
}

const itemText = (item: object): string => Object.values(item).join('/');

function changedLines(path: string, before: unknown, after: unknown, same?: string): ChangeLine[] {
  if (typeof before === 'string' && typeof after === 'string' && `${before}${after}`.includes('\n'))
    return [{ mark: '~', text: `${path}:` }, ...hunks(before, after)];
  const note = same === undefined ? '' : ` (the same ${same})`;
  // 1 is not "1".
  const text = same === undefined && typeof before !== typeof after ? JSON.stringify : wholeText;
  const [was, is] = parted(text(before), text(after));
  return [{ mark: '~', text: `${path}: ${was} → ${is}${note}` }];
}

/** How much of what is the same stands around what is another, in characters. */
const around = 30;

/** Two texts as they are, or, where one is long, the part of each that the other has not: their beginnings may be the same. */
function parted(before: string, after: string): readonly [string, string] {
  const shorter = Math.min(before.length, after.length);
  if (Math.max(before.length, after.length) <= longest) return [before, after];
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const from = Math.max(0, start - around);
  const part = (text: string) => {
    const to = Math.min(text.length, text.length - end + around);
    const shown = text.slice(from, to);
    const rest = to < text.length && shown.length <= longest ? '…' : '';
    return `${from > 0 ? '…' : ''}${cut(shown)}${rest}`;
  };
  return [part(before), part(after)];
}

/** The lines of two texts that differ, with one around them. */
function hunks(before: string, after: string): ChangeLine[] {
  const patch = structuredPatch('', '', before, after, '', '', { context: 1, maxEditLength: mostEdits });
  if (patch === undefined) return whole(before.split('\n'), after.split('\n'));
  return patch.hunks.flatMap(({ lines }, index) => [
    ...(index === 0 ? [] : [{ mark: ' ' as const, text: '    ...' }]),
    ...lines
      .filter((line) => !line.startsWith('\\'))
      .map((line) => ({
        mark: (line[0] === '+' || line[0] === '-' ? line[0] : ' ') as ChangeLine['mark'],
        text: `    ${line.slice(1)}`,
      })),
  ]);
}

/** All lines between the first and the last that differ. */
function whole(before: readonly string[], after: readonly string[]): ChangeLine[] {
  const { start, end } = commonEnds(before, after, (a, b) => a === b);
  const lines = (mark: ChangeLine['mark'], side: readonly string[], from: number, to: number) =>
    side.slice(from, to).map((line): ChangeLine => ({ mark, text: `    ${line}` }));
  return [
    ...lines(' ', after, Math.max(0, start - 1), start),
    ...lines('-', before, start, before.length - end),
    ...lines('+', after, start, after.length - end),
    ...lines(' ', after, after.length - end, after.length - end + 1),
  ];
}

/** A value in one line, cut where it is long. */
const valueText = (value: unknown): string => cut(wholeText(value));

function wholeText(value: unknown): string {
  return typeof value === 'string' && /^\S.*\S$|^\S$/.test(value) ? value : JSON.stringify(value);
}

const cut = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
