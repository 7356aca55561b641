import { LineCounter, parseDocument } from 'yaml';
import { descend } from './descend.ts';
import { stepsOf } from './steps.ts';

/** The 1-based line of a field in a YAML text, or of the nearest thing around it that is there. */
export function lineAt(text: string, path: string): number {
  return linesOf(text)(path);
}

/** As `lineAt`, for several fields of one text. */
export function linesOf(text: string): (path: string) => number {
  const lineCounter = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter, uniqueKeys: false });
  return (path) => lineCounter.linePos(descend(contents, stepsOf(path)).offset).line;
}
