import { Problem } from './problems.ts';

/** Where a page ends: the values of the last row that the order goes by. */
export type Position = readonly (string | number)[];

/** A position as text that says nothing to a client; `order` keeps it from being used in another. */
export function encodeCursor(order: string, position: Position): string {
  return Buffer.from(JSON.stringify([order, ...position])).toString('base64url');
}

/**
 * @param shape the types of the position's values.
 * @throws Problem when it is no cursor of that order.
 */
export function decodeCursor(
  order: string,
  cursor: string,
  shape: readonly ('string' | 'number')[],
): Position {
  const refuse = () => new Problem('contradictory-request', 'cursor: it comes from no page of this query');
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw refuse();
  }
  if (!Array.isArray(parts) || parts[0] !== order || parts.length !== shape.length + 1) throw refuse();
  const position = parts.slice(1) as Position;
  if (!position.every((value, index) => typeof value === shape[index])) throw refuse();
  return position;
}
