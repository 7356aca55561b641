import { createSecretKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Log } from '@plumbline/kit';

export interface Key {
  readonly name: string;
  readonly secret: KeyObject;
}

/** Below, a key of HMAC-SHA-256 is weaker than its hash: RFC 7518, section 3.2. */
const leastBytes = 32;

/**
 * The keys of a file: one a line, `<name> <base64url>`. The first signs, every one is accepted.
 * @throws Error that names the line, and never a key.
 */
export function parseKeys(text: string): Key[] {
  const keys = text.split('\n').flatMap((line, index): Key[] => {
    if (line.trim() === '') return [];
    const [, name, encoded = ''] = /^([\w.-]{1,64}) +([\w-]+=*)$/.exec(line.trim()) ?? [];
    if (name === undefined) throw new Error(`line ${index + 1}: it is not "<name> <base64url>"`);
    const bytes = Buffer.from(encoded, 'base64url');
    if (bytes.length < leastBytes)
      throw new Error(`line ${index + 1}: the key ${name} has ${bytes.length} bytes of ${leastBytes}`);
    return [{ name, secret: createSecretKey(bytes) }];
  });
  if (keys.length === 0) throw new Error('there is no key');
  if (new Set(keys.map(({ name }) => name)).size < keys.length) throw new Error('two keys have one name');
  return keys;
}

export interface KeyRing {
  readonly signing: () => Key;
  readonly named: (name: string) => Key | undefined;
  readonly close: () => void;
}

/** A volume's file changes by a link that is moved: looking finds that, and watching may not. */
const everyMilliseconds = 2000;

/**
 * Reads the keys now and whenever the file has changed; what is wrong then is logged, and the keys before stay.
 * @throws Error when they cannot be read at the start.
 */
export async function openKeyRing(path: string, log: Log): Promise<KeyRing> {
  const read = async () => {
    const text = await readFile(path, 'utf8');
    return { text, keys: parseKeys(text) };
  };
  const failed = (error: unknown) => new Error(`JWT_KEYS_FILE: ${path}: ${(error as Error).message}`);
  let held = await read().catch((error) => {
    throw failed(error);
  });
  let wrong = '';
  const look = async () => {
    try {
      const found = await read();
      if (found.text !== held.text) {
        held = found;
        log.info({ keys: found.keys.map(({ name }) => name) }, 'the keys of tokens have changed');
      }
      wrong = '';
    } catch (error) {
      const { message } = failed(error);
      if (message !== wrong) log.error(`${message}; the keys before stay`);
      wrong = message;
    }
  };
  const timer = setInterval(() => void look(), everyMilliseconds);
  timer.unref();
  return {
    signing: () => held.keys[0] as Key,
    named: (name) => held.keys.find((key) => key.name === name),
    close: () => clearInterval(timer),
  };
}
