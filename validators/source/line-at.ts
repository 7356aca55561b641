import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { stepsOf } from './steps.ts';

/** The 1-based line of a field in a YAML text, or of the nearest thing around it that is there. */
export function lineAt(text: string, path: string): number {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, uniqueKeys: false });
  return lineCounter.linePos(descend(document.contents, stepsOf(path)).offset).line;
}

/** How far a path leads into a node, and the offset of where it ended. */
export function descend(
  node: Node | null,
  steps: readonly (string | number)[],
): { offset: number; depth: number } {
  let current: unknown = node;
  let offset = node?.range?.[0] ?? 0;
  let depth = 0;
  for (const step of steps) {
    if (isMap(current)) {
      const pair = current.items.find((item) => isScalar(item.key) && item.key.value === step);
      if (pair === undefined) break;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      current = pair.value;
    } else if (isSeq(current) && typeof step === 'number') {
      const item = current.items[step];
      if (item === undefined) break;
      offset = (item as Node).range?.[0] ?? offset;
      current = item;
    } else break;
    depth += 1;
  }
  return { offset, depth };
}
