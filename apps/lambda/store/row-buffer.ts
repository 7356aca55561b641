/** Rows on their way to the database: lines of COPY's text format, one behind the other. */
export interface Rows {
  readonly text: Buffer;
  readonly count: number;
}

export interface RowBuffer {
  readonly add: (line: string) => void;
  readonly count: () => number;
  /** What was added; nothing may be added after it. */
  readonly take: () => Rows;
}

/**
 * Gathers rows as bytes. As thousands of texts they would be copied by the garbage collector again and again while the
 * batch fills, which took half of the CPU time.
 */
export function createRowBuffer(bytes = 512 * 1024): RowBuffer {
  let buffer = Buffer.allocUnsafe(bytes);
  let used = 0;
  let count = 0;
  return {
    add(line) {
      // A UTF-16 unit is at most three bytes of UTF-8.
      const most = used + line.length * 3;
      if (most > buffer.length) {
        const larger = Buffer.allocUnsafe(Math.max(most, buffer.length * 2));
        buffer.copy(larger, 0, 0, used);
        buffer = larger;
      }
      used += buffer.write(line, used);
      count += 1;
    },
    count: () => count,
    take: () => ({ text: buffer.subarray(0, used), count }),
  };
}

/** The lines of some rows, one by one: a line break inside a value is escaped. */
export function linesOf({ text }: Rows): string[] {
  return text.toString('utf8').split('\n').slice(0, -1);
}

/** Lines as rows again. */
export function rowsOf(lines: readonly string[]): Rows {
  return { text: Buffer.from(lines.map((line) => `${line}\n`).join('')), count: lines.length };
}
