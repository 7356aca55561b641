import { setTimeout as sleep } from 'node:timers/promises';
import { addPartitionsToTxnV3, kGetApi, Producer } from '@platformatic/kafka';
import { partitioner } from './partition.ts';
import { connection, type KafkaConfig } from './settings.ts';

export interface TransactionMessage {
  readonly topic: string;
  readonly key: Buffer;
  readonly value: Buffer;
  /** Milliseconds since 1970; the moment of writing by default. */
  readonly timestamp?: number;
  readonly headers?: ReadonlyMap<string, string>;
}

/** Nothing of it is in the topics for readers of what is committed: it may be written again. */
export class NotWritten extends Error {
  override readonly name = 'NotWritten';
}

export interface TransactionalProducer {
  /**
   * Writes all of it or nothing, for readers of what is committed. While it is not known which (the broker was told to
   * commit, and did not answer) it asks on.
   * @throws NotWritten
   */
  readonly write: (messages: readonly TransactionMessage[]) => Promise<void>;
  /** Asks the brokers for topics; throws when none answers, or when one is not there. */
  readonly reach: (topics: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How long it waits between two askings whether a commit arrived. */
const commitPause = 500;

/**
 * A producer of one transaction after the other. Its transactional id must be no other process's: the one that began
 * last is let through, and what the one before left open is aborted.
 */
export function connectTransactions(
  config: Omit<KafkaConfig, 'topic'>,
  transactionalId: string,
): TransactionalProducer {
  let producer: Producer | undefined;
  const connect = () => {
    const created = new Producer({
      ...connection(config, transactionalId),
      idempotent: true,
      acks: -1,
      partitioner,
      transactionalId,
      // As none; the client's own default is the producer 0, which an id that is known already is not.
      producerId: -1n,
      producerEpoch: -1,
      // A transaction begins while the one before is being marked: the broker says to try again at once.
      retries: 20,
      retryDelay: 50,
    });
    // From version 4 on this request is for brokers among themselves: where rights are looked at, clients are refused.
    const getApi = created[kGetApi].bind(created);
    created[kGetApi] = (name, callback) => {
      if (name !== 'AddPartitionsToTxn') getApi(name, callback);
      else callback(null, addPartitionsToTxnV3.api as never);
    };
    // A request that fails rejects its promise; the same as an event would end the process.
    created.on('error', () => {});
    return created;
  };
  /** The next one begins anew: that aborts what this one left, and its numbers of records with it. */
  const drop = async () => {
    const dropped = producer;
    producer = undefined;
    await dropped?.close(true).catch(() => {});
  };
  return {
    async write(messages) {
      producer ??= connect();
      const now = Date.now();
      let transaction: Awaited<ReturnType<Producer['beginTransaction']>>;
      try {
        transaction = await producer.beginTransaction();
        await transaction.send({
          messages: messages.map(({ topic, key, value, timestamp = now, headers = new Map() }) => ({
            topic,
            key,
            value,
            timestamp: BigInt(timestamp),
            headers: new Map([...headers].map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
          })),
        });
      } catch (cause) {
        await drop();
        throw new NotWritten(`not written: ${(cause as Error).message}`, { cause });
      }
      for (;;) {
        try {
          await transaction.commit();
          return;
        } catch (cause) {
          if (isGone(cause)) {
            await drop();
            throw new NotWritten(`the broker gave the transaction up: ${(cause as Error).message}`, {
              cause,
            });
          }
          await sleep(commitPause);
        }
      }
    },
    async reach(topics) {
      producer ??= connect();
      await producer.metadata({ topics: [...topics], forceUpdate: true });
    },
    async close() {
      await producer?.close(true);
    },
  };
}

/** Errors that say that a transaction is not open any more, and was not committed. */
const gone = new Set([
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
  'PRODUCER_FENCED',
  'TRANSACTIONAL_ID_NOT_FOUND',
]);

function isGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('apiId' in error && gone.has(String(error.apiId))) return true;
  const others = error instanceof AggregateError ? error.errors : [];
  return isGone(error.cause) || others.some(isGone);
}
