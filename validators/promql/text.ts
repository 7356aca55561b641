const single: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** A text in quotes as Prometheus reads it, or what is wrong with it. */
export type Unquoted = { readonly value: string } | { readonly wrong: string };

/**
 * Reads a quoted text by Prometheus' rules, which are Go's: an unknown escape (`"\d"`) is refused, and nothing is
 * escaped between backquotes. Source: prometheus/prometheus, `util/strutil/quote.go`.
 */
export function unquote(quoted: string): Unquoted {
  const quote = quoted[0];
  if (quoted.length < 2 || quoted.at(-1) !== quote)
    return { wrong: `the text ${quoted.slice(0, 30)} does not end` };
  const inner = quoted.slice(1, -1);
  if (quote === '`') return { value: inner };
  if (inner.includes('\n')) return { wrong: `the text ${quoted.slice(0, 30)} goes over several lines` };
  let wrong: string | undefined;
  const value = inner.replace(
    /\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-3][0-7]{2}|[\s\S]|$)/g,
    (whole: string, sequence: string) => {
      const plain = single[sequence];
      // The other quote need not, and may not, be escaped.
      if (plain !== undefined && !(/["']/.test(sequence) && sequence !== quote)) return plain;
      if (/^[xuU]./.test(sequence)) return fromCode(Number.parseInt(sequence.slice(1), 16));
      if (/^\d{3}$/.test(sequence)) return String.fromCharCode(Number.parseInt(sequence, 8));
      wrong ??= `${quoted.slice(0, 40)} holds ${whole}, which is no escape: write \\${whole}`;
      return whole;
    },
  );
  return wrong === undefined ? { value } : { wrong };
}

function fromCode(code: number): string {
  return code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
}
