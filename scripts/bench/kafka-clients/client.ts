/** One way to reach a broker, as the bench times it: messages of 200 bytes, acknowledged by all. */
export interface BenchClient {
  /** Sends `count` messages in batches, and resolves when the broker has acknowledged them all. */
  readonly produce: (address: string, topic: string, count: number) => Promise<void>;
  /** Reads `count` messages from the beginning, and resolves with the milliseconds from the first to the last. */
  readonly consume: (address: string, topic: string, count: number) => Promise<number>;
}

export const partitions = 12;
export const batchSize = 1000;
/** How many batches a producer keeps under way. */
export const underWay = 4;

/** The value of a message: 200 bytes of what a transaction looks like. */
export function messageValue(index: number): string {
  const text = `{"event_id":"bench-${index}","account_id":"acc-${index % 5000}","amount":"${index % 997}.25","currency":"EUR"}`;
  return text.padEnd(200, ' ');
}

/** Counts messages, and says when the last one came. */
export function stopwatch(count: number) {
  let seen = 0;
  let first = 0;
  const { promise, resolve } = Promise.withResolvers<number>();
  return {
    done: promise,
    saw(messages: number) {
      if (seen === 0) first = performance.now();
      seen += messages;
      if (seen >= count) resolve(performance.now() - first);
    },
  };
}
