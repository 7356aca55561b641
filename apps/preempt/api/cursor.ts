import { Problem } from './problems.ts';

/** Where a page ends: the values of the last row that the order goes by. */
export type Position = readonly (string | number)[];

/** A position as text that says nothing to a client; `order` keeps it from being used in another. */
export function encodeCursor(order: string, position: Position): string {
  return Buffer.from(JSON.stringify([order, ...position])).toString('base64url');
}

/** What a value of a position is: text, or a whole number of a range. */
export type Shape = 'text' | { readonly least: number; readonly most: number };

/**
 * @param shapes what the position's values are.
 * @throws Problem when it is no cursor of that order.
 */
export function decodeCursor(order: string, cursor: string, shapes: readonly Shape[]): Position {
  const refuse = () => new Problem('contradictory-request', 'cursor: it comes from no page of this query');
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw refuse();
  }
  if (!Array.isArray(parts) || parts[0] !== order || parts.length !== shapes.length + 1) throw refuse();
  const position = parts.slice(1) as Position;
  if (!position.every((value, index) => isOf(value, shapes[index]))) throw refuse();
  return position;
}

function isOf(value: unknown, shape: Shape | undefined): boolean {
  if (shape === 'text') return typeof value === 'string';
  if (shape === undefined || !Number.isSafeInteger(value)) return false;
  return Number(value) >= shape.least && Number(value) <= shape.most;
}
