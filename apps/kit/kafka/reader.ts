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
  /** Where what may be read ends: the next record's offset, or that of the first transaction that is open. What is between is lag. */
  readonly end: bigint;
  /** The batches that the records came in, in their order. */
  readonly batches: readonly Batch[];
}

/** A batch of records as the broker keeps it. */
export interface Batch {
  /** Where the one behind it begins. */
  readonly next: bigint;
  /** Grows when another broker leads the partition. */
  readonly epoch: number;
  /** Tells it from any other: its first and last offset, its epoch and its checksum, as `900-999/3/1c291ca3`. */
  readonly mark: string;
}

/** The next offset to read of each partition. */
export type Positions = ReadonlyMap<number, bigint>;

/** The topic is not the one that was read before: it was made again, or its broker lost what was read. */
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
  /** The batch that holds the record just below an offset, or whatever is there; undefined when there is nothing. */
  readonly batchBelow: (partition: number, offset: bigint, topicId: string) => Promise<Batch | undefined>;
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

const isTransactional = 0b1_0000;
const isControl = 0b10_0000;
const readCommitted = 1;

/**
 * Reads a topic at positions that the caller keeps, and only what is committed. The client's own notion of a position is
 * not used: what was read last is known where the rows are.
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
  const leadersOf = async (topicId: string, wanted: readonly number[]) => {
    let { id, partitions } = await describe();
    // One that was added a moment ago.
    if (wanted.some((partition) => partitions[partition] === undefined))
      ({ id, partitions } = await describe(true));
    if (id !== topicId) throw new TopicRemade(`the topic ${topic} has the id ${id}, and had ${topicId}`);
    return (partition: number) => partitions[partition]?.leader ?? -1;
  };
  return {
    topicId: async () => (await describe(true)).id,
    async fetch(positions, topicId, behind) {
      const leaders = await leadersOf(topicId, [...positions.keys()]);
      const byLeader = Map.groupBy(positions, ([partition]) => leaders(partition));
      // The first partitions of a request fill the answer: each gets its turn to be first.
      turn += 1;
      const answers = await Promise.all(
        [...byLeader].map(async ([node, asked]) => {
          const first = turn % asked.length;
          const ordered = [...asked.slice(first), ...asked.slice(0, first)];
          return client.fetch({
            node,
            maxWaitTime: options.waitMilliseconds,
            minBytes: behind ? 1 : options.minBytes,
            maxBytes: options.maxBytes,
            isolationLevel: readCommitted,
            topics: [
              {
                topicId,
                partitions: ordered.map(([partition, offset]) =>
                  wanted(partition, offset, options.partitionBytes),
                ),
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
    async batchBelow(partition, offset, topicId) {
      const node = (await leadersOf(topicId, [partition]))(partition);
      // One batch is there however little is asked for.
      const partitions = [wanted(partition, offset - 1n, 1)];
      const topics = [{ topicId, partitions }];
      const { responses } = await client.fetch({ node, maxWaitTime: 1, minBytes: 1, maxBytes: 1, topics });
      const found = responses[0]?.partitions[0]?.records?.find(
        (one) => one.firstOffset < offset && nextOf(one) >= offset,
      );
      return found === undefined ? undefined : batchOf(found);
    },
    async bounds(partitions) {
      const at = async (timestamp: bigint) => {
        const asked = { topics: [topic], partitions: { [topic]: [...partitions] }, timestamp };
        return (await client.listOffsets(asked)).get(topic) ?? [];
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
type Fetched = NonNullable<Answered['records']>[number];

function wanted(partition: number, fetchOffset: bigint, partitionMaxBytes: number) {
  return { partition, fetchOffset, currentLeaderEpoch: -1, lastFetchedEpoch: -1, partitionMaxBytes };
}

const nextOf = (batch: Fetched) => batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;

function batchOf(batch: Fetched): Batch {
  const { firstOffset, partitionLeaderEpoch: epoch, crc } = batch;
  return {
    next: nextOf(batch),
    epoch,
    mark: `${firstOffset}-${nextOf(batch) - 1n}/${epoch}/${crc.toString(16)}`,
  };
}

function readChunk(answered: Answered, from: bigint, topicId: string): Chunk | undefined {
  const records: KafkaRecord[] = [];
  const batches: Batch[] = [];
  const wasAborted = abortedIn(answered);
  let next = from;
  for (const batch of answered.records ?? []) {
    const aborted = wasAborted(batch);
    // The broker answers with whole batches: the first may begin before what was asked for.
    if (nextOf(batch) <= from) continue;
    if ((batch.attributes & isControl) === 0 && !aborted) {
      const [first, least] = [Number(batch.firstOffset), Number(from)];
      for (const { offsetDelta, key, value, headers } of batch.records) {
        const offset = first + offsetDelta;
        if (offset >= least) records.push({ offset, key, value, headers });
      }
    }
    next = nextOf(batch);
    batches.push(batchOf(batch));
  }
  const { partitionIndex: partition, highWatermark, lastStableOffset } = answered;
  const end = lastStableOffset < 0n ? highWatermark : lastStableOffset;
  return { partition, topicId, from, next, records, end, batches };
}

/**
 * Whether a batch belongs to a transaction that was aborted; to be asked for every batch in its order. The client's own
 * filter knows one such transaction of a producer in an answer, and none whose end is not in it.
 */
function abortedIn({ abortedTransactions }: Answered): (batch: Fetched) => boolean {
  const coming = [...(abortedTransactions ?? [])].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const open = new Set<bigint>();
  return (batch) => {
    const { attributes, producerId } = batch;
    while (coming[0] !== undefined && coming[0].firstOffset < nextOf(batch)) {
      open.add(coming[0].producerId);
      coming.shift();
    }
    if ((attributes & isTransactional) === 0) return false;
    // The marker of an abort: its key is a version and the type 0.
    if ((attributes & isControl) !== 0) {
      if (batch.records[0]?.key?.readInt16BE(2) === 0) open.delete(producerId);
      return false;
    }
    return open.has(producerId);
  };
}
