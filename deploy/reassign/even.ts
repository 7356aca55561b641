import { UsageError } from '@plumbline/validators';
import { cheapestFlow, type Line } from './cheapest-flow.ts';
import type { Broker, Partition } from './read.ts';

/**
 * Where each partition's copies should be, the first of them its leader: on these brokers alone, in as many racks as there
 * are, each topic's copies and leaders spread evenly, and, of all ways to have that, one that moves the fewest copies. What
 * ties leave open goes to the brokers that have the least of the other topics.
 * @param partitions where they are now; the order is kept
 * @throws UsageError when a partition has more copies than there are brokers
 */
export function evenly(partitions: readonly Partition[], brokers: readonly Broker[]): Partition[] {
  const most = Math.max(0, ...partitions.map(({ replicas }) => replicas.length));
  if (most > brokers.length) {
    throw new UsageError(
      `some partitions have ${most} copies: they take as many brokers, not ${brokers.length}`,
    );
  }
  const copies = new Map(brokers.map(({ id }) => [id, 0]));
  const leaders = new Map(copies);
  const found = new Map<Partition, Partition>();
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic).values()];
  for (const topic of topics.sort((a, b) => b.length - a.length)) {
    for (const [partition, replicas] of led(topic, spread(topic, brokers, copies), leaders)) {
      found.set(partition, { ...partition, replicas });
    }
  }
  return partitions.map((partition) => found.get(partition) ?? partition);
}

type Choice = ReadonlyMap<Partition, readonly number[]>;

/** The brokers of each partition of a topic; counts them in `load`. */
function spread(topic: readonly Partition[], brokers: readonly Broker[], load: Map<number, number>): Choice {
  const racks = [...Map.groupBy(brokers, ({ rack }) => rack)];
  const seats = (partition: Partition) =>
    racks.map(([, inRack]) => ({
      most: Math.min(partition.replicas.length, inRack.length),
      brokers: inRack.map(({ id }) => ({ id, moves: !partition.replicas.includes(id) })),
    }));
  return choose(topic, ({ replicas }) => replicas.length, seats, load);
}

/** Each partition's brokers with the leader first; the others as they stood, and then what is new. */
function led(topic: readonly Partition[], chosen: Choice, load: Map<number, number>): Choice {
  const seats = (partition: Partition) => [
    {
      most: 1,
      brokers: (chosen.get(partition) ?? []).map((id) => ({ id, moves: partition.replicas[0] !== id })),
    },
  ];
  const leaders = choose(topic, () => 1, seats, load);
  return new Map(
    topic.map((partition) => {
      const all = chosen.get(partition) ?? [];
      const kept = partition.replicas.filter((id) => all.includes(id));
      const inOrder = [...kept, ...all.filter((id) => !kept.includes(id))];
      const [leader] = leaders.get(partition) ?? [];
      return [partition, inOrder.sort((a, b) => Number(b === leader) - Number(a === leader))];
    }),
  );
}

/** A rack, as a partition sees it: how many copies it could hold, and which broker would hold one without a move. */
interface Seats {
  readonly most: number;
  readonly brokers: readonly { readonly id: number; readonly moves: boolean }[];
}

/**
 * Gives each partition as many brokers as it wants. A unit that flows from a partition through a rack to a broker is a copy
 * there, and what it costs says what is wanted: first few in one rack, then as many at each broker, then what moves least.
 * Each line's cost is above all that the wishes below it can come to on the way of one unit.
 */
function choose(
  topic: readonly Partition[],
  wants: (partition: Partition) => number,
  seats: (partition: Partition) => readonly Seats[],
  load: Map<number, number>,
): Choice {
  const ids = [...load.keys()];
  const total = topic.reduce((sum, partition) => sum + wants(partition), 0);
  const rank = new Map(
    [...ids].sort((a, b) => (load.get(a) ?? 0) - (load.get(b) ?? 0)).map((id, at) => [id, at]),
  );
  const move = total * ids.length + 1;
  const even = move * (total + 1);
  const apart = even * (topic.length + 2);
  const [source, sink] = [0, 1];
  const broker = new Map(ids.map((id, index) => [id, 2 + index]));
  let nodes = 2 + ids.length;
  const lines: Line[] = [];
  const copies: { readonly line: number; readonly partition: Partition; readonly id: number }[] = [];
  for (const partition of topic) {
    const node = nodes++;
    for (let count = wants(partition); count > 0; count -= 1) lines.push({ from: source, to: node, cost: 0 });
    for (const { most, brokers } of seats(partition)) {
      const rack = nodes++;
      for (let count = 0; count < most; count += 1) lines.push({ from: node, to: rack, cost: count * apart });
      for (const { id, moves } of brokers) {
        copies.push({ line: lines.length, partition, id });
        lines.push({ from: rack, to: broker.get(id) ?? sink, cost: moves ? move : 0 });
      }
    }
  }
  for (const [id, node] of broker) {
    for (let count = 0; count < topic.length; count += 1)
      lines.push({ from: node, to: sink, cost: count * even + (rank.get(id) ?? 0) });
  }
  const taken = cheapestFlow(nodes, lines, source, sink);
  const chosen = new Map<Partition, number[]>(topic.map((partition) => [partition, []]));
  for (const { line, partition, id } of copies) {
    if (taken[line] !== true) continue;
    chosen.get(partition)?.push(id);
    load.set(id, (load.get(id) ?? 0) + 1);
  }
  return chosen;
}
