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

/** From so many characters on a text is worth being parsed a document at a time. */
const large = 50_000;

/** One document of a text, with its place. */
interface Piece {
  readonly text: string;
  /** Lines before it. */
  readonly above: number;
}

/**
 * The documents of a large text, apart, in the order in which {@link placedDocuments} gives them; undefined where the text is
 * small, or marks documents by more than `---`.
 */
export function piecesOf(text: string): Piece[] | undefined {
  if (text.length < large || /^(?:%|\.\.\.)/m.test(text)) return undefined;
  const pieces: Piece[] = [];
  let [start, line, above] = [0, 0, 0];
  const end = (at: number) => {
    const piece = text.slice(start, at);
    // What stands before the first mark is a document only where something stands there.
    if (pieces.length > 0 || piece.startsWith('---') || /^[ \t]*[^\s#]/m.test(piece))
      pieces.push({ text: piece, above });
  };
  for (let at = 0; at < text.length; ) {
    if (at > 0 && /^---(?:\s|$)/.test(text.slice(at, at + 4))) {
      end(at);
      [start, above] = [at, line];
    }
    const next = text.indexOf('\n', at);
    if (next < 0) break;
    at = next + 1;
    line += 1;
  }
  end(text.length);
  return pieces;
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
  /** One of the file's documents, or the first where there are not so many. */
  readonly at: (file: string, index: number) => PlacedDocument | undefined;
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
  const of = (file: string) => once(`file ${file}`, () => placedDocuments(text(file) ?? ''));
  const apart = new Map<string, readonly Piece[]>();
  return {
    text,
    of,
    at(file, index) {
      let pieces = apart.get(file);
      if (pieces === undefined) {
        pieces = piecesOf(text(file) ?? '') ?? [];
        apart.set(file, pieces);
      }
      if (pieces.length === 0) return of(file)[index] ?? of(file)[0];
      const piece = pieces[index] ?? pieces[0];
      if (piece === undefined) return undefined;
      return once(`piece ${piece.above} ${file}`, () => placedDocuments(piece.text, piece.above))[0];
    },
    placed: (content, above) => once(`text ${above} ${content}`, () => placedDocuments(content, above)),
  };
}
