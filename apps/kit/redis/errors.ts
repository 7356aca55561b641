import { ErrorReply } from '@redis/client';

/** The first word of what Redis refused with (`NOGROUP`, `OOM`); undefined for an error that no server sent. */
export function redisCode(error: unknown): string | undefined {
  return error instanceof ErrorReply ? (error.message.split(' ')[0] ?? '') : undefined;
}

/** It loads its file, has no memory or disk, is a replica or in a script, or has too many clients. Source: server.c, `shared`. */
const away = new Set([
  'LOADING',
  'OOM',
  'MISCONF',
  'READONLY',
  'BUSY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
]);

/** True when Redis, or the way to it, is what is wrong, so that the same command may succeed later. */
export function isUnavailable(error: unknown): boolean {
  const code = redisCode(error);
  if (code !== undefined) return away.has(code) || /max number of clients/.test((error as Error).message);
  return !(error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError);
}
