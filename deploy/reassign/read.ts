/** A broker that answers; brokers without a zone are all in one. */
export interface Broker {
  readonly id: number;
  readonly rack: string;
}

/** A partition and where its copies are, the one first that leads when it can. */
export interface Partition {
  readonly topic: string;
  readonly partition: number;
  readonly replicas: readonly number[];
}

/** What kafka-broker-api-versions.sh says of brokers: `kafka-0...:9092 (id: 0 rack: null) -> (`. */
export function readBrokers(output: string): Broker[] {
  return [...output.matchAll(/\(id: (\d+) rack: (\S*?)\s*(?:isFenced: \w+)?\) -> \(/g)]
    .map(([, id, rack]) => ({ id: Number(id), rack: rack === 'null' ? '' : (rack ?? '') }))
    .sort((a, b) => a.id - b.id);
}

/**
 * What `kafka-topics.sh --describe` says of partitions. Of one that is on its way, where it goes: such a line names the
 * copies that will be removed.
 */
export function readPartitions(output: string): Partition[] {
  const numbers = (list: string | undefined) =>
    (list ?? '')
      .split(',')
      .filter((word) => word !== '')
      .map(Number);
  return [...output.matchAll(/^\s*Topic: (\S+)\s+Partition: (\d+)\s.*?Replicas: ([\d,]+)(.*)$/gm)].map(
    ([, topic = '', partition, replicas, rest = '']) => {
      const leave = numbers(/Removing Replicas: ([\d,]+)/.exec(rest)?.[1]);
      return {
        topic,
        partition: Number(partition),
        replicas: numbers(replicas).filter((id) => !leave.includes(id)),
      };
    },
  );
}
