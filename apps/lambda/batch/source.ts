import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';

/** The file was not the same from one reading to the next. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged';
}

/** There is nothing to read under the name: no file, or one of another kind. */
export class NoFile extends Error {
  override readonly name = 'NoFile';
}

/** The disk is what failed, and not the database. */
export class FileUnreadable extends Error {
  override readonly name = 'FileUnreadable';
}

/** A file that is open: everything is read through the one descriptor, whatever happens to its name meanwhile. */
export interface Source {
  readonly name: string;
  readonly bytes: bigint;
  /** Its bytes, from the beginning. @throws FileUnreadable */
  readonly chunks: (size: number) => AsyncGenerator<Buffer, void, undefined>;
  /** @throws FileChanged unless the name still leads to this file, and its size and time are what they were; NoFile. */
  readonly unchanged: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens a regular file for reading. @throws NoFile, FileUnreadable */
export async function openSource(path: string): Promise<Source> {
  const name = basename(path);
  // A named pipe would wait here for somebody who writes to it.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error) => {
    const gone = ['ENOENT', 'ENXIO', 'ELOOP'].includes(error.code);
    throw gone ? new NoFile(`${name} is no file: ${error.message}`) : unreadable(name, error);
  });
  try {
    const before = await handle.stat({ bigint: true });
    if (!before.isFile()) throw new NoFile(`${name} is no regular file`);
    return {
      name,
      bytes: before.size,
      chunks: (size) => chunksOf(handle, name, size),
      async unchanged() {
        const now = await stat(path, { bigint: true }).catch((error) => {
          throw error.code === 'ENOENT'
            ? new NoFile(`${name} was removed while it was read`)
            : unreadable(name, error);
        });
        const same = (['dev', 'ino', 'size', 'mtimeNs'] as const).every((key) => now[key] === before[key]);
        if (!same) throw changed(name);
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error instanceof NoFile ? error : unreadable(name, error as Error);
  }
}

/** The error of a file that is another one than it was. */
export function changed(name: string): FileChanged {
  return new FileChanged(
    `${name} changed while it was read: put files there under another name, and rename them when they are whole`,
  );
}

/** The SHA-256 of a file's bytes, in hexadecimal. */
export async function hashSource(source: Source): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of source.chunks(256 * 1024)) hash.update(chunk);
  return hash.digest('hex');
}

async function* chunksOf(handle: FileHandle, name: string, size: number) {
  try {
    yield* handle.createReadStream({
      start: 0,
      autoClose: false,
      highWaterMark: size,
    }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw unreadable(name, error as Error);
  }
}

function unreadable(name: string, cause: Error): FileUnreadable {
  return new FileUnreadable(`${name} cannot be read: ${cause.message}`, { cause });
}
