/**
 * What a column of text can hold: NUL and halves of surrogate pairs become U+FFFD. Texts in lists too; all else stays as
 * it is. Source: PostgreSQL's documentation, "Character Types".
 */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd').toWellFormed();
  return Array.isArray(value) ? value.map(storable) : value;
}
