/** A text as it is searched, what is stored and what somebody typed alike: lower case, no marks, one space. */
export function searchWords(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}|['’]/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** What was typed as a query of PostgreSQL's text search: each word begins a word. Nothing else of it gets there. */
export function prefixQuery(typed: string): string {
  return searchWords(typed)
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => `${word}:*`)
    .join(' & ');
}
