import { isMap, isScalar, LineCounter, type Node, parseAllDocuments } from 'yaml';

/** A document of a text, with the way from offsets to lines. */
export interface PlacedDocument {
  readonly contents: Node | null;
  readonly lineOf: (offset: number) => number;
}

/** The documents of a text of YAML, as nodes with their places. @param above lines of the file before the text. */
export function placedDocuments(text: string, above = 0): PlacedDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false });
  if (!Array.isArray(documents)) return [];
  const lineOf = (offset: number) => lines.linePos(offset).line + above;
  return documents.map(({ contents }) => ({ contents: contents as Node | null, lineOf }));
}

/** A text that stands in a document, as a block: the patch in a kustomization. */
export function blockIn(
  document: PlacedDocument,
  path: readonly (string | number)[],
): { text: string; above: number } | undefined {
  let node: unknown = document.contents;
  for (const step of path)
    node = isMap(node)
      ? node.get(step, true)
      : (node as { get?: (step: unknown, keep: boolean) => unknown } | null)?.get?.(step, true);
  if (!isScalar(node) || typeof node.value !== 'string') return undefined;
  const line = document.lineOf(node.range?.[0] ?? 0);
  // The text of a block begins on the line after its `|-`; any other one where it stands.
  const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
  return { text: node.value, above: isBlock ? line : line - 1 };
}

/** Texts of a tree's files, and the documents in them, each parsed once. */
export interface Documents {
  readonly text: (file: string) => string | undefined;
  readonly of: (file: string) => readonly PlacedDocument[];
  readonly placed: (text: string, above: number) => readonly PlacedDocument[];
}

/** The documents of files that `text` reads. */
export function documentsOf(text: (file: string) => string | undefined): Documents {
  const parsed = new Map<string, readonly PlacedDocument[]>();
  const once = (key: string, parse: () => readonly PlacedDocument[]) => {
    const found = parsed.get(key) ?? parse();
    parsed.set(key, found);
    return found;
  };
  return {
    text,
    of: (file) => once(file, () => placedDocuments(text(file) ?? '')),
    placed: (content, above) => once(`${above} ${content}`, () => placedDocuments(content, above)),
  };
}
