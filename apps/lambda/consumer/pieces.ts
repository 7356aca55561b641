import type { Chunk } from '@plumbline/kit/kafka';

/** Cuts a chunk into consecutive ones of at most `rows` records, so that a transaction is no larger. */
export function pieces(chunk: Chunk, rows: number): Chunk[] {
  if (chunk.records.length <= rows) return [chunk];
  const cut: Chunk[] = [];
  let from = chunk.from;
  for (let index = 0; index < chunk.records.length; index += rows) {
    const records = chunk.records.slice(index, index + rows);
    const following = chunk.records[index + rows];
    // What is no record (a marker of a transaction, a gap of compaction) belongs to the piece before it.
    const next = following === undefined ? chunk.next : BigInt(following.offset);
    cut.push({ ...chunk, from, next, records });
    from = next;
  }
  return cut;
}
