import { Consumer } from '@platformatic/kafka';
import { connection, type KafkaConfig } from './settings.ts';

/** Partitions that a group gave to this member, until its next assignment. */
export interface Assignment {
  /** Grows with every assignment: work of an older one is stale. */
  readonly number: number;
  readonly partitions: readonly number[];
}

export interface Member {
  /** The newest assignment; undefined before the first. */
  readonly assignment: () => Assignment | undefined;
  /** Why it left the group without being told to, so that nothing will come any more; undefined while it is in. */
  readonly broken: () => Error | undefined;
  /** Tells the group how far each partition is, for whoever looks at the lag; nothing is read from it. */
  readonly commit: (next: ReadonlyMap<number, bigint>) => Promise<void>;
  /** How far the group was told that these partitions are; a partition that it was told nothing of is missing. */
  readonly committed: (partitions: readonly number[]) => Promise<Map<number, bigint>>;
  /** Whether the topic has more partitions by now than when this member joined; the group does not notice. */
  readonly hasGrown: () => Promise<boolean>;
  /** The client's own connection, for the reader. */
  readonly client: Consumer;
  readonly close: () => Promise<void>;
}

export interface GroupOptions extends KafkaConfig {
  readonly group: string;
  readonly clientId: string;
  /** A member that is not heard of for so long is out of the group; its broker bounds it (6 s to 30 min by default). */
  readonly sessionSeconds: number;
  /** Called at each assignment, and when the membership broke. */
  readonly onChange: () => void;
}

/** Joins a group for one topic. @throws when no coordinator takes it within some ten seconds. */
export async function joinGroup(options: GroupOptions): Promise<Member> {
  const { topic, onChange } = options;
  const client = new Consumer({
    ...connection(options, options.clientId),
    groupId: options.group,
    autocommit: false,
    sessionTimeout: options.sessionSeconds * 1000,
    heartbeatInterval: Math.min(2000, (options.sessionSeconds * 1000) / 5),
    rebalanceTimeout: 30_000,
  });
  let assignment: Assignment | undefined;
  let broken: Error | undefined;
  const fail = (error: Error) => {
    broken ??= error;
    onChange();
  };
  client.on('error', fail);
  client.on('consumer:heartbeat:stalled', ({ lastError, stalledFor }) =>
    fail(new Error(`no heartbeat for ${stalledFor} ms`, { cause: lastError })),
  );
  client.on('consumer:group:join', ({ assignments }) => {
    const partitions = assignments?.find((one) => one.topic === topic)?.partitions ?? [];
    assignment = { number: (assignment?.number ?? 0) + 1, partitions: [...partitions].sort((a, b) => a - b) };
    onChange();
  });
  client.topics.track(topic);
  const count = async () => {
    const metadata = await client.metadata({ topics: [topic], forceUpdate: true });
    return metadata.topics.get(topic)?.partitionsCount ?? 0;
  };
  let joinedWith = 0;
  try {
    // Before it joins: whoever shares the partitions out knows as many, or finds out later that there are more.
    joinedWith = await count();
    await client.joinGroup();
  } catch (error) {
    await client.close(true).catch(() => {});
    throw error;
  }
  return {
    client,
    assignment: () => assignment,
    broken: () => broken,
    hasGrown: async () => (await count()) > joinedWith,
    async commit(next) {
      const offsets = [...next].map(([partition, offset]) => ({ topic, partition, offset, leaderEpoch: -1 }));
      if (offsets.length > 0) await client.commit({ offsets });
    },
    async committed(partitions) {
      const answer = await client.listCommittedOffsets({ topics: [{ topic, partitions: [...partitions] }] });
      const offsets = answer.get(topic) ?? [];
      const known = partitions.map((partition, index) => [partition, offsets[index] ?? -1n] as const);
      return new Map(known.filter(([, offset]) => offset >= 0n));
    },
    async close() {
      client.off('error', fail);
      client.on('error', () => {});
      await client.close(true);
    },
  };
}
