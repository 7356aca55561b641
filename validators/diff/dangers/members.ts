import { brokerSettings, brokersOf, isBroker } from '../../graph/brokers.ts';
import { isCassandra } from '../../graph/cassandra.ts';
import { keyspaceStatements } from '../../graph/keyspaces.ts';
import { isZooKeeper } from '../../graph/zookeeper.ts';
import type { Model } from '../../model/model.ts';
import type { Workload } from '../../model/workload.ts';
import { nameOf } from '../../render/objects.ts';
import type { Danger, DangerRule, Step } from './danger.ts';

/** What fewer members of a data system do. */
interface Loss {
  /** What stops; undefined where those that stay are enough. */
  readonly stops: string | undefined;
  /** What is lost all the same with the members that go. */
  readonly loses: string;
  readonly way: string;
}

/** Members of a data system that go: below its quorum, or with what they alone had. */
export const members: DangerRule = function* ({ objects, before, after }: Step): Iterable<Danger> {
  for (const change of objects) {
    if (change.after?.kind !== 'StatefulSet' || change.before === undefined) continue;
    const [was, is] = [workloadOf(before, change.before.metadata), workloadOf(after, change.after.metadata)];
    if (was === undefined || is === undefined) continue;
    const [many, few] = [was.replicas.max, is.replicas.max];
    if (few >= many) continue;
    const loss = ofBrokers(before, after, was) ?? ofEnsemble(was, few) ?? ofRing(before, was, few);
    if (loss === undefined) continue;
    const { stops, loses, way } = loss;
    yield {
      id: stops === undefined ? 'members-go' : 'quorum-lost',
      severity: stops === undefined ? 'warning' : 'error',
      resource: nameOf(change.after),
      path: 'spec.replicas',
      message: `of ${many} members ${few} stay: ${stops === undefined ? '' : `${stops}, and `}${loses}; Argo CD's sync succeeds all the same, and the pods with the highest ordinals go at once: ${way}`,
    };
  }
};

function workloadOf(
  model: Model,
  { name, namespace = 'default' }: { readonly name: string; readonly namespace?: string },
): Workload | undefined {
  return model
    .workloadsIn(namespace)
    .find((workload) => workload.kind === 'StatefulSet' && workload.name === name);
}

const majority = (members: number): number => Math.floor(members / 2) + 1;

/** Kafka's: topics keep the numbers of copies that they were made with. */
function ofBrokers(before: Model, after: Model, was: Workload): Loss | undefined {
  if (!isBroker(was)) return undefined;
  const settings = brokerSettings(before, was);
  const [many, few] = [before, after].map((model) => brokersOf(model, was.namespace)?.count ?? 0) as [
    number,
    number,
  ];
  const inSync = Number(settings.get('min.insync.replicas') ?? 1);
  const votes = /controller/.test(settings.get('process.roles') ?? '');
  const stops =
    votes && few < majority(many)
      ? `no controller is elected by ${few} of ${many}`
      : few < inSync
        ? `topics that were made to have ${inSync} copies in sync take no write with acks=all`
        : undefined;
  return {
    stops,
    loses: 'partitions that had a copy on one that goes have one less, or none, since nothing moves them',
    way: 'move the partitions to those that stay before (kafka-reassign-partitions), then take the brokers away',
  };
}

const etcd = /(?:^|\/)etcd(?::|@|$)/;

/** ZooKeeper's and etcd's: those that stay still count those that went. */
function ofEnsemble({ containers, replicas }: Workload, few: number): Loss | undefined {
  const isEnsemble = containers.some(
    (container) =>
      isZooKeeper(container) || (container.role === 'main' && etcd.test(container.spec.image ?? '')),
  );
  if (!isEnsemble) return undefined;
  const { max: many } = replicas;
  return {
    stops:
      few < majority(many)
        ? `they still count ${many}, ${majority(many)} of which must agree on each write, so none is taken`
        : undefined,
    loses:
      few % 2 === 0 && few > 0
        ? `${few} bear the loss of no more than ${few - 1} do`
        : 'those that stay bear the loss of fewer',
    way: 'take one away at a time, each with a configuration that no more names it, and wait until the others agree',
  };
}

/** Cassandra's: rows are where the ring of all nodes put them. */
function ofRing(before: Model, was: Workload, few: number): Loss | undefined {
  if (!was.containers.some(isCassandra)) return undefined;
  const copies = keyspaceStatements(before).flatMap(({ namespace, replication }) =>
    namespace === was.namespace ? [...replication.values()].map(Number).filter(Number.isInteger) : [],
  );
  const most = Math.max(0, ...copies);
  return {
    stops:
      few < majority(most)
        ? `a keyspace with ${most} copies answers nothing at QUORUM, which wants ${majority(most)}`
        : undefined,
    loses: 'rows that had a copy on one that goes have one less, or none',
    way: 'nodetool decommission each node that is to go, one after the other, then take it away',
  };
}
