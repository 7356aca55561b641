import { UsageError } from '@plumbline/validators';
import type { Cluster } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';
import {
  type Answer,
  type Command,
  minutes,
  type Plan,
  type Step,
  seconds,
  type Verdict,
} from '../plan/step.ts';
import { keepBackupsOff, letBackupsBegin } from './backups-held.ts';
import type { Entrance } from './entrance.ts';
import { evenly } from './even.ts';
import { type Broker, type Partition, readBrokers, readPartitions } from './read.ts';

/** Which partitions are moved, and how. */
export interface Reassignment {
  readonly namespace: string;
  /** The brokers that are to hold everything; all that answer unless told. */
  readonly brokers?: readonly number[] | undefined;
  /** Bytes a second that each broker may spend on moves. */
  readonly throttle: number;
  /** Milliseconds that the moves may take. */
  readonly deadline: number;
  readonly entrance: Entrance;
}

/** In the pod of the broker whose tools are run; files of a container live as long as its pod. */
const [goalFile, movesFile] = ['/tmp/reassign-goal.json', '/tmp/reassign-moves.json'];

/** Spreads partitions evenly over brokers, waits until they are there, lifts the throttle, and has the leaders follow. */
export function reassignPlan({ context }: Cluster, reassignment: Reassignment): Plan {
  const { throttle, deadline } = reassignment;
  const tool = toolsOf(context, reassignment);
  let before: Verdict | undefined;
  let decided: Decided = { goal: [], moves: [] };
  const begin = ({ goal, moves }: Decided): Command[] => [
    write(context, reassignment, goalFile, goal),
    ...(moves.length === 0
      ? []
      : [
          write(context, reassignment, movesFile, moves),
          // With what is on its way already, where the script was ended before.
          tool('kafka-reassign-partitions.sh', [
            ...['--reassignment-json-file', movesFile],
            ...['--throttle', String(throttle), '--additional', '--execute'],
          ]),
        ]),
  ];
  const verify = tool('kafka-reassign-partitions.sh', ['--reassignment-json-file', goalFile, '--verify']);
  return [
    look(tool, reassignment, (plan) => {
      decided = plan;
    }),
    ...keepBackupsOff(context, reassignment.namespace, deadline),
    {
      kind: 'ask',
      does: 'Have Kafka move what is elsewhere',
      asks: [],
      leadsTo: () => ({ commands: begin(decided) }),
      assumed: { says: 'what was planned above', answers: [] },
    },
    {
      kind: 'wait',
      does: 'Wait until every partition is where it should be; then Kafka lifts the throttle',
      asks: [{ ...verify, attempts: 1 }],
      every: seconds(5),
      deadline,
      order: ['Reassignment of partition ... is completed.'],
      judge([answer]) {
        // Kafka's tool asks for copies first and then for moves: one that ends in between looks lost, once.
        const verdict = judge(answer);
        const isNew = verdict.state === 'failed' && verdict.say !== before?.say;
        before = verdict;
        return isNew ? { ...verdict, state: 'waiting' } : verdict;
      },
      diagnose: () => [{ says: 'What Kafka says of the moves:', commands: [verify] }],
    },
    {
      kind: 'run',
      does: 'Have each partition led by the first of its copies',
      commands: [
        tool(
          'kafka-leader-election.sh',
          ['--election-type', 'preferred', '--all-topic-partitions'],
          '--admin.config',
        ),
      ],
    },
    letBackupsBegin(context, reassignment.namespace),
  ];
}

/** Says what would move, and moves nothing. */
export function looksOnly({ context }: Cluster, reassignment: Reassignment): Plan {
  return [look(toolsOf(context, reassignment), reassignment, () => undefined)];
}

type Tool = (name: string, args: readonly string[], loginOption?: string) => Command;

/** Kafka's own tools, in the pod of broker 0. */
function toolsOf(context: string, { namespace, entrance: { bootstrap, login } }: Reassignment): Tool {
  return (name, args, loginOption = '--command-config') =>
    kubectl(
      context,
      [
        ...inBroker(namespace),
        ...['--', name, '--bootstrap-server', bootstrap],
        ...(login === undefined ? [] : [loginOption, login]),
        ...args,
      ],
      { deadline: minutes(3) },
    );
}

function inBroker(namespace: string): string[] {
  return ['exec', '--namespace', namespace, 'kafka-0', '--container', 'kafka'];
}

function write(
  context: string,
  { namespace }: Reassignment,
  file: string,
  partitions: readonly Partition[],
): Command {
  const input = `${JSON.stringify({ version: 1, partitions })}\n`;
  return kubectl(context, [...inBroker(namespace), '--stdin', '--', 'sh', '-c', `cat >${file}`], { input });
}

interface Decided {
  /** Where every partition should be. */
  readonly goal: readonly Partition[];
  /** Those that are elsewhere, or in another order. */
  readonly moves: readonly Partition[];
}

function look(tool: Tool, wanted: Reassignment, decides: (decided: Decided) => void): Step {
  return {
    kind: 'ask',
    does: 'Plan where the partitions should be',
    asks: [tool('kafka-broker-api-versions.sh', []), tool('kafka-topics.sh', ['--describe'])],
    leadsTo: ([brokers, topics]) => {
      const there = readBrokers(brokers?.output ?? '');
      const partitions = readPartitions(topics?.output ?? '');
      const goal = evenly(partitions, wantedOf(there, partitions, wanted.brokers));
      const moves = goal.filter(
        ({ replicas }, index) => replicas.join() !== partitions[index]?.replicas.join(),
      );
      decides({ goal, moves });
      return { commands: [], notes: [summary(partitions, goal)] };
    },
    assumed: {
      says: 'of one topic on the first of two brokers',
      answers: [
        { status: 0, output: 'kafka-0:9092 (id: 0 rack: null) -> (\nkafka-1:9092 (id: 1 rack: null) -> (\n' },
        {
          status: 0,
          output: [0, 1]
            .map((at) => `\tTopic: orders\tPartition: ${at}\tLeader: 0\tReplicas: 0\tIsr: 0\n`)
            .join(''),
        },
      ],
    },
  };
}

/** The brokers that are to hold everything. @throws UsageError when one of them, or one that holds something, is away. */
export function wantedOf(
  there: readonly Broker[],
  partitions: readonly Partition[],
  named: readonly number[] | undefined,
): readonly Broker[] {
  const ids = there.map(({ id }) => id);
  const answering = `the brokers that answer are ${ids.join(', ')}`;
  if (named !== undefined) {
    const away = named.filter((id) => !ids.includes(id));
    if (away.length > 0) throw new UsageError(`--brokers names ${away.join(', ')}; ${answering}`);
    return there.filter(({ id }) => named.includes(id));
  }
  const silent = new Set(partitions.flatMap(({ replicas }) => replicas).filter((id) => !ids.includes(id)));
  if (silent.size > 0) {
    throw new UsageError(
      `broker ${[...silent].join(', ')} holds partitions and does not answer; ${answering}.\nWait for it, or say with --brokers that all should go to the others.`,
    );
  }
  return there;
}

/** What Kafka says of the moves: done only once it says so of every partition. */
export function judge(answer: Answer | undefined): Verdict {
  const lines = (answer?.output ?? '').split('\n');
  const count = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
  const [done, coming] = [count(/is complete(d)?\.$/), count(/is still in progress\.$/)];
  const lost = lines.filter((line) => line.startsWith('There is no active reassignment'));
  const say = `${done} of ${done + coming + lost.length} partitions`;
  if (answer?.status !== 0 || done + coming + lost.length === 0)
    return { state: 'waiting', say: 'broker 0 does not answer; where its pod is new, run this again' };
  if (coming > 0) return { state: 'waiting', say };
  if (lost.length > 0) return { state: 'failed', say: `${say}; run this again: ${lost[0]}` };
  return { state: 'ready', say };
}

/** How many copies and leaders each broker has and will have, and how much moves. */
function summary(now: readonly Partition[], goal: readonly Partition[]): string {
  const count = (partitions: readonly Partition[], id: number) => {
    const copies = partitions.filter(({ replicas }) => replicas.includes(id)).length;
    return `${copies} (${partitions.filter(({ replicas }) => replicas[0] === id).length})`;
  };
  const ids = [...new Set([...now, ...goal].flatMap(({ replicas }) => replicas))].sort((a, b) => a - b);
  const moved = goal.reduce(
    (sum, { replicas }, index) => sum + replicas.filter((id) => !now[index]?.replicas.includes(id)).length,
    0,
  );
  return [
    `${moved} copies move. Copies (and leaders) of each broker, now and then:`,
    ...ids.map((id) => `  broker ${id}: ${count(now, id)} -> ${count(goal, id)}`),
  ].join('\n');
}
