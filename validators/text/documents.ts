import { loadAll } from 'js-yaml';
import { remember } from './remember.ts';

/** What a text of YAML (or JSON) holds, or why and on which line it cannot be read. */
export type Documents =
  | { readonly documents: readonly unknown[] }
  | { readonly reason: string; readonly line: number; readonly source: string };

/** A text read as YAML: once, since many ask what a mounted file holds. */
export const documentsOf: (text: string) => Documents = remember(
  readDocuments,
  // What is longer is seldom met twice, and would be kept for nothing.
  (text) => (text.length > 100_000 ? undefined : text),
);

function readDocuments(text: string): Documents {
  try {
    return { documents: loadAll(text) };
  } catch (error) {
    const { reason, mark } = error as { reason?: string; mark?: { line?: number } };
    const line = mark?.line ?? 0;
    return { reason: reason ?? String(error), line: line + 1, source: text.split('\n')[line] ?? '' };
  }
}
