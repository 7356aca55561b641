import type { Chunk } from '@plumbline/kit/kafka';

/** Spans of a trace at most: a batch of thousands would make it unreadable. */
const most = 32;

/** The traces that a chunk's records came by, each once. */
export function traceparents({ records }: Chunk): string[] {
  const found = new Set<string>();
  for (const { headers } of records) {
    for (const [name, value] of headers) {
      if (name?.toString() === 'traceparent' && value !== null) found.add(value.toString());
    }
    if (found.size >= most) break;
  }
  return [...found];
}
