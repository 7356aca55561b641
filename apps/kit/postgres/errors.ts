/** PostgreSQL's five-character code of an error, or undefined for an error of another kind. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/**
 * True when the server, or the way to it, is what is wrong, so that the same work may succeed later: no connection
 * (08), no room (53), an intervening operator (57), a system error (58), a lost lock or serialization (40, 55).
 */
export function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined || /^(?:08|53|57|58|40|55)/.test(state);
}
