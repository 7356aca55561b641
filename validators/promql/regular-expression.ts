/**
 * What is wrong with a regular expression of Go's (RE2), or undefined. It has no look-around, no back references and
 * no possessive repetition, and takes no more than 1000 repetitions.
 * Source: Go, `regexp/syntax/parse.go`.
 */
export function wrongExpression(pattern: string): string | undefined {
  let depth = 0;
  /** True where there is something that a repetition could repeat. */
  let repeatable = false;
  let repeated = false;
  let at = 0;
  const thing = (length: number) => {
    at += length;
    repeatable = true;
    repeated = false;
  };
  while (at < pattern.length) {
    const rest = pattern.slice(at);
    const [sign = ''] = rest;
    if (sign === '(') {
      const group = /^\(\?(?:P?<\w+>|[imsU]*(?:-[imsU]+)?([:)]))/.exec(rest);
      if (rest.startsWith('(?') && group === null) return `${rest.slice(0, 4)} is nothing that RE2 knows`;
      const [whole = '(', end] = group ?? [];
      at += whole.length;
      if (end !== ')') depth += 1;
      repeatable = false;
      repeated = false;
    } else if (sign === ')') {
      depth -= 1;
      if (depth < 0) return 'it closes a group that is not open';
      thing(1);
    } else if (sign === '|') {
      at += 1;
      repeatable = false;
      repeated = false;
    } else if (sign === '[') {
      const found = classAt(rest);
      if (typeof found === 'string') return found;
      thing(found);
    } else if (sign === '\\') {
      const quoted = /^\\Q[\s\S]*?(?:\\E|$)/.exec(rest);
      const found = quoted?.[0].length ?? escapeAt(rest, false);
      if (typeof found === 'string') return found;
      thing(found);
    } else {
      const [repetition, least, , most] = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/.exec(rest) ?? [];
      if (repetition === undefined) thing(1);
      else {
        if (!repeatable) return `${repetition} repeats nothing`;
        if (repeated) return `${repetition} repeats a repetition`;
        const [from, to] = [Number(least ?? 0), Number(most || (least ?? 0))];
        if (from > 1000 || to > 1000 || to < from) return `${repetition} is no number of repetitions`;
        at += repetition.length;
        repeated = true;
      }
    }
  }
  return depth > 0 ? 'a group is not closed' : undefined;
}

/** How long the escape is that a text begins with, or what is wrong with it. */
function escapeAt(text: string, inClass: boolean): number | string {
  const known =
    /^\\(?:[0-7]{1,3}(?<![1-7])|[1-7][0-7]{1,2}|0[0-7]{0,2}|x[\da-fA-F]{2}|x\{[\da-fA-F]{1,8}\}|[aftnrvdDsSwW]|[pP](?:\{\^?\w+\}|[A-Z])|[\0-/:-@[-`{-\x7f])/.exec(
      text,
    ) ?? (inClass ? null : /^\\[AbBz]/.exec(text));
  if (known !== null) return known[0].length;
  return text.length < 2 ? 'it ends with a backslash' : `${text.slice(0, 2)} is no escape that RE2 knows`;
}

const posix = 'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(
  ' ',
);

/** How long the class in brackets is that a text begins with, or what is wrong with it. */
function classAt(text: string): number | string {
  let at = text.startsWith('[^') ? 2 : 1;
  let first = true;
  while (at < text.length && (text[at] !== ']' || first)) {
    first = false;
    const [named, name = ''] = /^\[:\^?(\w+):\]/.exec(text.slice(at)) ?? [];
    if (named !== undefined) {
      if (!posix.includes(name)) return `there is no class of characters ${named}`;
      at += named.length;
      continue;
    }
    const low = charAt(text, at);
    if (typeof low === 'string') return low;
    at += low.length;
    if (low.code === undefined || text[at] !== '-' || text[at + 1] === ']' || at + 1 >= text.length) continue;
    const high = charAt(text, at + 1);
    if (typeof high === 'string') return high;
    if (high.code === undefined || high.code < low.code)
      return `${text.slice(at - low.length, at + 1 + high.length)} is no range of characters`;
    at += 1 + high.length;
  }
  return at >= text.length ? 'a [ is not closed' : at + 1;
}

/** A character of a class, with its code where it is a single one. */
function charAt(text: string, at: number): { readonly length: number; readonly code?: number } | string {
  if (text[at] !== '\\') return { length: 1, code: text.charCodeAt(at) };
  const length = escapeAt(text.slice(at), true);
  if (typeof length === 'string') return length;
  const sequence = text.slice(at + 1, at + length);
  // A class of its own, as \d, has no code; how a code is written does not matter for nearly all ranges.
  if (/^[dDsSwWpP]/.test(sequence)) return { length };
  if (sequence.startsWith('x')) return { length, code: Number.parseInt(sequence.replace(/[x{}]/g, ''), 16) };
  const controls: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };
  if (/^[0-7]/.test(sequence)) return { length, code: Number.parseInt(sequence, 8) };
  return { length, code: controls[sequence] ?? sequence.charCodeAt(0) };
}

/** True when a regular expression, held against a whole text as Prometheus does, takes an empty one. */
export function takesEmpty(pattern: string): boolean {
  const [, flags = ''] = /^\(\?([ims]+)\)/.exec(pattern) ?? [];
  const plain = pattern.replace(/^\(\?[imsU]+\)/, '').replaceAll('(?P<', '(?<');
  try {
    return new RegExp(`^(?:${plain})$`, `s${flags.replaceAll('s', '')}`).test('');
  } catch {
    return false;
  }
}
