import type { KubernetesObject } from '@plumbline/validators';
import { anyEnd, kind, workload } from '../choose.ts';
import { type Data, edit, inContainers, type Mutant, type Operator, type Place, skip } from '../mutant.ts';

/** A defect in a setting: what of a variable or a file's text is replaced by what. */
type Change = readonly [RegExp, string];

/** A mutant for each first place of each change, in every variable and every file of a ConfigMap. */
function* inSettings(objects: readonly KubernetesObject[], changes: readonly Change[]): Iterable<Mutant> {
  for (const [pattern, to] of changes) {
    yield* edit(
      objects,
      (object) => workload(object) || kind('ConfigMap')(object),
      [...inContainers('env.*.value', 'command.*', 'args.*'), 'data.*'],
      (value, _object, place) => {
        const text = named(value, place);
        return text === undefined || !pattern.test(text) ? skip : unnamed(text.replace(pattern, to), place);
      },
      anyEnd(objects),
    );
  }
}

/** A variable with its name, as `NAME=value`, so that a pattern can ask for both. */
function named(value: unknown, { parent, key }: Place): string | undefined {
  if (typeof value !== 'string') return undefined;
  return key === 'value' ? `${(parent as Data).name}=${value}` : value;
}

function unnamed(text: string, { key }: Place): string {
  return key === 'value' ? text.slice(text.indexOf('=') + 1) : text;
}

/** Defects of the settings of brokers, databases, stream processors and their likes. */
export const dataSystems: readonly Operator[] = [
  {
    id: 'heap above its container',
    family: 'room',
    expects: ['memory-beyond-limit'],
    mutate: (objects) =>
      inSettings(objects, [
        [/-Xmx\d+\w*/, '-Xmx96g'],
        [/^(\w*HEAP|PROCESS_MEMORY)=\d+\w*$/, '$1=96g'],
        [/^(innodb_buffer_pool_size\s*=\s*)\w+/m, '$196G'],
        [/^(shared_buffers\s*=\s*)'\w+'/m, "$1'96GB'"],
        [/^(maxmemory\s+)\w+/m, '$196gb'],
        [/^(spark\.driver\.memory\s+)\w+/m, '$196g'],
      ]),
  },
  {
    id: 'first heap above the largest',
    family: 'room',
    expects: ['heap-refused'],
    mutate: (objects) =>
      inSettings(objects, [
        [/-Xmx(?=\d)/, '-Xms95g -Xmx'],
        [/-Xmx(\d+[a-z])/, '-Xmx$1b'],
      ]),
  },
  {
    id: 'memory of Flink that does not add up',
    family: 'data systems',
    expects: ['flink-memory-refused'],
    mutate: (objects) =>
      inSettings(objects, [
        [/^PROCESS_MEMORY=\w+$/, 'PROCESS_MEMORY=200m'],
        [/^PROCESS_MEMORY=(\w+)$/, 'PROCESS_MEMORY=$1g'],
        [/^(\s+fraction: )0\.3$/m, '$11.3'],
        [/^(\s+min: )128m$/m, '$16g'],
        [/^(\s+numberOfTaskSlots: )\d+$/m, '$10'],
      ]),
  },
  {
    id: 'listener that a broker refuses',
    family: 'data systems',
    expects: ['listener-unknown', 'listener-refused'],
    mutate: (objects) =>
      inSettings(objects, [
        [/^(listener\.security\.protocol\.map=\w+:PLAIN)TEXT/m, '$1'],
        [/^(listeners=\w+:\/\/:(\d+),\w+:\/\/:)\d+/m, '$1$2'],
        [/^(inter\.broker\.listener\.name=)\w+/m, '$1OTHER'],
        [/^(ADVERTISED_LISTENERS=\w+:\/\/)[^,:]+/, '$10.0.0.0'],
      ]),
  },
  {
    id: 'address for clients outside that nothing leads to',
    family: 'data systems',
    expects: ['listener-without-door'],
    mutate: (objects) =>
      inSettings(objects, [
        [/^(ADVERTISED_LISTENERS=.*EXTERNAL:\/\/[^,]*:30)095/, '$1096'],
        [/^(ADVERTISED_LISTENERS=.*EXTERNAL:\/\/kafka[^,]*:909)4/, '$15'],
        [/^(ADVERTISED_LISTENERS=.*EXTERNAL:\/\/kafka[^,]*\.ex)a/, '$1'],
      ]),
  },
  {
    id: 'transaction longer than brokers allow',
    family: 'data systems',
    expects: ['transaction-timeout-refused'],
    mutate: (objects) =>
      edit(objects, workload, inContainers('env'), (value) => {
        const variables = value as Data[];
        if (!variables.some(({ name }) => /BOOTSTRAP/.test(String(name)))) return skip;
        return [...variables, { name: 'TRANSACTION_TIMEOUT_MS', value: '3600000' }];
      }),
  },
  {
    id: 'voter with a wrong number or port',
    family: 'data systems',
    expects: ['voter-wrong', 'quorum-incomplete'],
    mutate: (objects) =>
      inSettings(objects, [
        [/^(controller\.quorum\.voters=.*,)2@/m, '$11@'],
        [/^(controller\.quorum\.voters=.*:)9093$/m, '$19092'],
        [/^server\.3=/m, 'server.2='],
      ]),
  },
  {
    id: 'server on another port',
    family: 'data systems',
    expects: ['listens-elsewhere'],
    mutate: (objects) =>
      inSettings(objects, [
        [/^(listeners=\w+:\/\/:)9092/m, '$19192'],
        [/^(LISTENERS=.*INTERNAL:\/\/[^,]*:)9092,/, '$19192,'],
        [/^clientPort=2181$/m, 'clientPort=2182'],
        [/^(metricsProvider\.httpPort=)\d+$/m, '$17999'],
        [/^port 6379$/m, 'port 6380'],
        [/^port = 5432$/m, 'port = 5433'],
        [/^\[mysqld\]$/m, '[mysqld]\nport = 3307'],
        [/^(\s*listen )8080;$/m, '$18090;'],
        // Where nobody scrapes it, nobody misses it.
        ...(objects.some(kind('ServiceMonitor')) ? [[/^(\s+port: )9249$/m, '$19250'] as const] : []),
        [/(-javaagent:[^=\s]+=)\d+/, '$19999'],
      ]),
  },
  {
    id: 'server for its own pod alone',
    family: 'data systems',
    expects: ['listens-elsewhere'],
    mutate: (objects) =>
      inSettings(objects, [
        [/^listen_addresses = '\*'$/m, "listen_addresses = 'localhost'"],
        [/^bind \* -::\*$/m, 'bind 127.0.0.1 -::1'],
        [/^\[mysqld\]$/m, '[mysqld]\nbind-address = 127.0.0.1'],
        [/^(listeners=\w+:\/\/):/m, '$1127.0.0.1:'],
        [/^(\s*listen )8080;$/m, '$1127.0.0.1:8080;'],
      ]),
  },
  {
    id: 'data outside the volume',
    family: 'data systems',
    expects: ['data-outside-volume'],
    mutate: (objects) =>
      inSettings(objects, [
        [/^(log\.dirs=\/var\/lib\/kafka\/)data/m, '$1dta'],
        [/^dataDir=\/data$/m, 'dataDir=/tmp/data'],
        [/^dir \/data$/m, 'dir /tmp'],
        [/^PGDATA=\/var\/lib\/postgresql\/data/, 'PGDATA=/var/lib/postgres/data'],
      ]),
  },
  {
    id: 'checkpoints that go with the pod',
    family: 'data systems',
    expects: ['checkpoint-lost'],
    mutate: (objects) =>
      inSettings(objects, [
        [/(\s+dir: file:\/\/\/)var\/lib\/flink/, '$1tmp'],
        [/(\s+storageDir: file:\/\/\/var\/lib\/)flink/, '$1flnk'],
        [/^CHECKPOINT_LOCATION=.*$/, 'CHECKPOINT_LOCATION=file:///tmp/checkpoints'],
      ]),
  },
  {
    id: 'executor larger than its worker',
    family: 'data systems',
    expects: ['executor-beyond-worker'],
    mutate: (objects) =>
      inSettings(objects, [
        [/^(spark\.executor\.memory\s+)\w+/m, '$196g'],
        [/^(spark\.executor\.cores\s+)\d+/m, '$196'],
      ]),
  },
  {
    id: 'as many in sync as copies',
    family: 'data systems',
    expects: ['replication-beyond-brokers'],
    mutate: (objects) =>
      inSettings(objects, [
        [/^MIN_INSYNC_REPLICAS=2$/, 'MIN_INSYNC_REPLICAS=3'],
        [/^min\.insync\.replicas=2$/m, 'min.insync.replicas=3'],
        [/^transaction\.state\.log\.min\.isr=2$/m, 'transaction.state.log.min.isr=3'],
      ]),
  },
  {
    id: 'word that ZooKeeper does not answer',
    family: 'data systems',
    expects: ['zookeeper-word-refused'],
    mutate: (objects) =>
      inSettings(objects, [
        [/^4lw\.commands\.whitelist=ruok,srvr,mntr$/m, '4lw.commands.whitelist=srvr,mntr'],
        [/^4lw\.commands\.whitelist=.*\n/m, ''],
      ]),
  },
  {
    id: 'data centre that no node is in',
    family: 'data systems',
    expects: ['keyspace-datacenter-unknown'],
    mutate: (objects) =>
      inSettings(objects, [
        [/('NetworkTopologyStrategy', ')dc1(': \d+)/, '$1DC1$2'],
        [/^(endpoint_snitch: )GossipingPropertyFileSnitch$/m, '$1SimpleSnitch'],
        [/^CASSANDRA_DATACENTER=dc1$/, 'CASSANDRA_DATACENTER=datacenter1'],
      ]),
  },
  {
    id: 'keyspace that nobody makes',
    family: 'data systems',
    expects: ['keyspace-unknown'],
    mutate: (objects) =>
      inSettings(objects, [
        [/^CASSANDRA_KEYSPACE=(\w+)\w$/, 'CASSANDRA_KEYSPACE=$1'],
        [/^(\s+keyspace: \w+)$/m, '$1s'],
        [/\b(CREATE KEYSPACE IF NOT EXISTS \w+) /, '$1x '],
      ]),
  },
  {
    id: 'setting of a file mistyped',
    family: 'data systems',
    expects: ['setting-mistyped'],
    mutate: (objects) =>
      inSettings(objects, [
        [/^(min\.in)sy(nc\.replicas=)/m, '$1ys$2'],
        [/^(listener\.)sec(urity)/m, '$1sce$2'],
        [/^(data)D(ir=)/m, '$1$2'],
        [/^(appendf)sy(nc )/m, '$1ys$2'],
        [/^(listen_add)re(sses)/m, '$1er$2'],
        [/^(max_conn)e(ctions)/m, '$1ee$2'],
      ]),
  },
  {
    id: 'file that does not parse',
    family: 'references',
    expects: ['file-malformed'],
    mutate: (objects) =>
      inSettings(objects, [
        [/^(\{[\s\S]*"(?:panels|Servers)"\s*:)/, '$1:'],
        [/^(blob|datasources|jobmanager):\n/m, '$1\n'],
      ]),
  },
];
