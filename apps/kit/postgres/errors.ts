import { isMistake } from '../is-mistake.ts';

/** PostgreSQL's five-character code of an error, or undefined for an error of another kind. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  // Never with an E in front, as Node's own EPIPE has it.
  return typeof code === 'string' && /^[0-9FHPX][0-9A-Z]{4}$/.test(code) ? code : undefined;
}

/**
 * True when the server, or the way to it, is what is wrong, so that the same work may succeed later: no connection
 * (08), no room (53), an intervening operator (57), a system error (58), a lost lock or serialization (40, 55), a
 * transaction that its owner slept in for too long (25P03, 25P04).
 */
export function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined ? !isMistake(error) : /^(?:08|53|57|58|40|55|25P0[34])/.test(state);
}

/** True when nobody answers: of what `isUnavailable` says, all but a lock or a turn that was lost to others. */
export function isAway(error: unknown): boolean {
  return isUnavailable(error) && !/^(?:40|55|25)/.test(sqlState(error) ?? '');
}
