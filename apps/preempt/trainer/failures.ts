import { isUnavailable, mysqlErrno } from '@plumbline/kit/mysql';

/** A training of histories that are all too short, where there are models already: those stay. */
export class NothingLearned extends Error {
  constructor(series: number, version: number) {
    super(
      `all ${series} series are too short, and version ${version} has models, which stay: see what became of observations, or delete the versions`,
    );
  }
}

/** What a training failed with that may be otherwise the next time; undefined for a mistake of this program. */
export function whatFailed(error: unknown): 'volume' | 'database' | 'history' | undefined {
  if (error instanceof NothingLearned) return 'history';
  if (isOfVolume(error)) return 'volume';
  return isUnavailable(error) ? 'database' : undefined;
}

const fileCalls = ['open', 'write', 'fsync', 'link', 'rename', 'scandir', 'unlink', 'close', 'mkdir'];
/** Of sockets alone, whose errors have the call `write` too. */
const socketCodes = ['EPIPE', 'ECONNRESET', 'ECONNABORTED', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'];

/** Of the volume: its errors have a file's call, the database's a state; a socket's have neither, or are marked as fatal to their connection. */
function isOfVolume(error: unknown): boolean {
  const { code, syscall, fatal } = (error ?? {}) as { code?: string; syscall?: string; fatal?: boolean };
  return (
    mysqlErrno(error) === undefined &&
    fatal !== true &&
    typeof code === 'string' &&
    !socketCodes.includes(code) &&
    fileCalls.includes(syscall ?? '')
  );
}
