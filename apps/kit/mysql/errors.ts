import { isMistake } from '../is-mistake.ts';

/** The server's number of an error (1062, a duplicate key), or undefined for an error that no server sent. */
export function mysqlErrno(error: unknown): number | undefined {
  const { errno, sqlState } = (error ?? {}) as { errno?: unknown; sqlState?: unknown };
  // The system's own errors have an errno too, a negative one, and no state.
  return typeof errno === 'number' && errno > 0 && typeof sqlState === 'string' ? errno : undefined;
}

/**
 * Too many connections, a shutdown, no disk, a table that is full, read-only, a query that was killed with its
 * connection, a server that starts. Source: "Server Error Message Reference" of MySQL 8.4, and MariaDB's "Error Codes".
 */
const away = new Set([1021, 1037, 1038, 1040, 1041, 1043, 1053, 1077, 1079, 1114, 1203, 1205, 1226, 1290]);
const busy = new Set([1205, 1213]);
const gone = new Set([1317, 1836, 1927, 3024, 3168, 4031]);

/** True when the server, or the way to it, is what is wrong, so that the same work may succeed later. */
export function isUnavailable(error: unknown): boolean {
  const errno = mysqlErrno(error);
  return errno === undefined ? !isMistake(error) : away.has(errno) || busy.has(errno) || gone.has(errno);
}

/** True when nobody answers: of what `isUnavailable` says, all but a lock that was lost to others. */
export function isAway(error: unknown): boolean {
  return isUnavailable(error) && !busy.has(mysqlErrno(error) ?? 0);
}

/**
 * True when the server refused the data of a statement, and would again: a value out of range, too long, of a wrong
 * type, or against a constraint (SQLSTATE classes 22 and 23, and the codes that MySQL files under HY000).
 */
export function isRefused(error: unknown): boolean {
  const errno = mysqlErrno(error);
  if (errno === undefined) return false;
  const { sqlState } = error as { sqlState: string };
  return /^2[23]/.test(sqlState) || refusedAnyway.has(errno);
}

/** Wrong values (1366, 1265, 1264, 1292), a CHECK (3819 of MySQL, 4025 of MariaDB), a packet that is too large (1153). */
const refusedAnyway = new Set([1153, 1264, 1265, 1292, 1366, 1406, 3819, 4025]);
