const multiplier = 0x5bd1e995;

/**
 * Which of a topic's partitions a key has, before it is taken modulo their number: that of Kafka's own Java clients, so
 * that all producers of a topic agree. 32-bit MurmurHash2 of the key's bytes without its sign.
 * @see Kafka's `org.apache.kafka.common.utils.Utils.murmur2` and `toPositive`
 */
export function partitionOf(key: Uint8Array): number {
  const { length } = key;
  const byte = (index: number) => key[index] as number;
  let hash = 0x9747b28c ^ length;
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    const four = byte(index) | (byte(index + 1) << 8) | (byte(index + 2) << 16) | (byte(index + 3) << 24);
    const mixed = Math.imul(four, multiplier);
    hash = Math.imul(hash, multiplier) ^ Math.imul(mixed ^ (mixed >>> 24), multiplier);
  }
  if (index < length) {
    for (let last = length - 1; last >= index; last -= 1) hash ^= byte(last) << (8 * (last - index));
    hash = Math.imul(hash, multiplier);
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return (hash ^ (hash >>> 15)) & 0x7fffffff;
}

/** The same as an option of the client, whose own way hashes by integers of any length, some ten times slower. */
export const partitioner = (_: unknown, key?: Uint8Array): number =>
  key === undefined ? 0 : partitionOf(key);
