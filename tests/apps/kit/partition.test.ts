import { murmur2 } from '@platformatic/kafka';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded } from '../../../apps/kit/index.ts';
import { partitionOf } from '../../../apps/kit/kafka/partition.ts';

test('a key has the partition that Java clients give it', () => {
  // The hashes of Kafka's own UtilsTest.testMurmur2.
  for (const [key, hash] of [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ] as const)
    assert.is(partitionOf(Buffer.from(key)), hash & 0x7fffffff, key);
});

test('bytes of any kind and number are hashed as the client hashes them', () => {
  const next = seeded(7);
  for (let round = 0; round < 5000; round += 1) {
    const key = Buffer.from(Array.from({ length: round % 67 }, () => Math.floor(next() * 256)));
    assert.is(partitionOf(key), murmur2(key) & 0x7fffffff, key.toString('hex'));
  }
});

test.run();
