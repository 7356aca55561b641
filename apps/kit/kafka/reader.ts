import type { Consumer } from '@platformatic/kafka';

export interface KafkaRecord {
  /** Exact up to 2^53; as a bigint each record would cost an object more. */
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
}

/** What one partition gave: every record from `from` up to, not with, `next`. */
export interface Chunk {
  readonly partition: number;
  readonly topicId: string;
  readonly from: bigint;
  readonly next: bigint;
  readonly records: readonly KafkaRecord[];
  /** The offset that the next record written will have: what is between is lag. */
  readonly end: bigint;
}

/** The next offset to read of each partition. */
export type Positions = ReadonlyMap<number, bigint>;

/** The topic is not the one that was read before: somebody deleted it and made it again. */
export class TopicRemade extends Error {
  override readonly name = 'TopicRemade';
}

export interface Reader {
  /** The id that the broker gave to the topic when it was made. */
  readonly topicId: () => Promise<string>;
  /**
   * Reads on from the positions; at most `maxBytes`, and at least one record where there is one. Where more is there
   * already (`behind`), the broker answers at once; else it gathers `minBytes` first, or waits its time.
   */
  readonly fetch: (positions: Positions, topicId: string, behind: boolean) => Promise<Chunk[]>;
  /** The first offset that each partition still has, and the one that its next record will have. */
  readonly bounds: (
    partitions: readonly number[],
  ) => Promise<Map<number, { readonly first: bigint; readonly end: bigint }>>;
}

export interface ReaderOptions {
  readonly topic: string;
  readonly maxBytes: number;
  readonly partitionBytes: number;
  /** Bytes that the broker waits for, at most `waitMilliseconds`. */
  readonly minBytes: number;
  readonly waitMilliseconds: number;
}

const isControl = 0b10_0000;

/**
 * Reads a topic at positions that the caller keeps. The client's own notion of a position is not used: what was
 * read last is known where the rows are.
 */
export function openReader(client: Consumer, options: ReaderOptions): Reader {
  const { topic } = options;
  const describe = async (forceUpdate = false) => {
    const metadata = await client.metadata({ topics: [topic], forceUpdate });
    const found = metadata.topics.get(topic);
    if (found === undefined) throw new Error(`the broker knows no topic ${topic}`);
    return found;
  };
  let turn = 0;
  return {
    topicId: async () => (await describe(true)).id,
    async fetch(positions, topicId, behind) {
      const { id, partitions } = await describe();
      if (id !== topicId) throw new TopicRemade(`the topic ${topic} has the id ${id}, and had ${topicId}`);
      const byLeader = Map.groupBy(positions, ([partition]) => partitions[partition]?.leader ?? -1);
      // The first partitions of a request fill the answer: each gets its turn to be first.
      turn += 1;
      const answers = await Promise.all(
        [...byLeader].map(async ([node, wanted]) => {
          const first = turn % wanted.length;
          const ordered = [...wanted.slice(first), ...wanted.slice(0, first)];
          return client.fetch({
            node,
            maxWaitTime: options.waitMilliseconds,
            minBytes: behind ? 1 : options.minBytes,
            maxBytes: options.maxBytes,
            topics: [
              {
                topicId,
                partitions: ordered.map(([partition, fetchOffset]) => ({
                  partition,
                  fetchOffset,
                  currentLeaderEpoch: -1,
                  lastFetchedEpoch: -1,
                  partitionMaxBytes: options.partitionBytes,
                })),
              },
            ],
          });
        }),
      );
      const chunks: Chunk[] = [];
      for (const { responses } of answers) {
        for (const response of responses) {
          for (const answered of response.partitions) {
            const from = positions.get(answered.partitionIndex);
            if (from === undefined) continue;
            const chunk = readChunk(answered, from, topicId);
            if (chunk !== undefined) chunks.push(chunk);
          }
        }
      }
      return chunks;
    },
    async bounds(partitions) {
      const at = async (timestamp: bigint) => {
        const wanted = { topics: [topic], partitions: { [topic]: [...partitions] }, timestamp };
        return (await client.listOffsets(wanted)).get(topic) ?? [];
      };
      const [first, end] = [await at(-2n), await at(-1n)];
      return new Map(
        partitions.map((partition) => [
          partition,
          { first: first[partition] ?? 0n, end: end[partition] ?? 0n },
        ]),
      );
    },
  };
}

type Answered = Awaited<ReturnType<Consumer['fetch']>>['responses'][number]['partitions'][number];

function readChunk(answered: Answered, from: bigint, topicId: string): Chunk | undefined {
  const records: KafkaRecord[] = [];
  let next = from;
  for (const batch of answered.records ?? []) {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    // The broker answers with whole batches: the first may begin before what was asked for.
    if (last < from) continue;
    if ((batch.attributes & isControl) === 0) {
      const [first, least] = [Number(batch.firstOffset), Number(from)];
      for (const { offsetDelta, key, value, headers } of batch.records) {
        const offset = first + offsetDelta;
        if (offset >= least) records.push({ offset, key, value, headers });
      }
    }
    next = last + 1n;
  }
  const { partitionIndex: partition, highWatermark: end } = answered;
  return { partition, topicId, from, next, records, end };
}
