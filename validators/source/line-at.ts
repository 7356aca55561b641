import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

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

/** `spec.containers[0].image` as its steps. */
export function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, plain]) =>
    index === undefined ? (quoted ?? plain ?? '') : Number(index),
  );
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
