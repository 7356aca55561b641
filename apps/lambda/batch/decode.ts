import { isUtf8 } from 'node:buffer';

/** What stands for a byte that is no UTF-8: 256 halves of pairs, which no text in UTF-8 decodes to. */
const halves = 0xdc00;

/**
 * Decodes UTF-8 a chunk at a time, wherever it was cut. A byte that belongs to no character becomes half of a surrogate
 * pair that still says which byte it was: so the lines that have some can be told, and no other is touched.
 */
export function createDecoder() {
  let held = Buffer.alloc(0);
  return {
    write(bytes: Buffer): string {
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      const whole = all.length - unfinished(all);
      held = Buffer.from(all.subarray(whole));
      return decode(all.subarray(0, whole));
    },
    end: () => decode(held),
  };
}

/** The bytes that a text has instead of characters, as `\xE9`. */
export function showBytes(text: string): string {
  if (text.isWellFormed()) return text;
  return text.replaceAll(/[\udc80-\udcff]/gu, (half) => {
    return `\\x${(half.charCodeAt(0) - halves).toString(16).toUpperCase()}`;
  });
}

function decode(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  // Only the lines that have such bytes are taken apart.
  let text = '';
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(10, from);
    const line = bytes.subarray(from, newline === -1 ? bytes.length : newline + 1);
    text += isUtf8(line) ? line.toString('utf8') : decodeBroken(line);
    from += line.length;
  }
  return text;
}

function decodeBroken(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const size = lengthOf(bytes[at] ?? 0);
    const character = bytes.subarray(at, at + size);
    if (size > 0 && character.length === size && isUtf8(character)) {
      text += character.toString('utf8');
      at += size;
    } else {
      text += String.fromCharCode(halves + (bytes[at] ?? 0));
      at += 1;
    }
  }
  return text;
}

/** How many bytes a character has that begins so; 0 for what begins none. */
function lengthOf(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/** How many bytes at the end may be the beginning of a character. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    // A byte that goes on with a character: look further for its first.
    if (byte >= 0x80 && byte < 0xc0) continue;
    return lengthOf(byte) > back ? back : 0;
  }
  return 0;
}
