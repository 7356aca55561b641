import { didYouMean, UsageError } from '@plumbline/validators';
import { readArguments } from './lib/arguments.ts';
import { main } from './lib/main.ts';

/** What a bench is told, and where it says how far it is. */
export interface BenchOptions {
  readonly rounds: number;
  readonly say: (message: string) => void;
}

/** Measures, and gives what it found as text; its last line is `bench NAME key=value ...`. */
export type Bench = (options: BenchOptions) => Promise<string>;

interface Entry {
  readonly about: string;
  readonly load: () => Promise<Bench>;
}

/** Every bench by its name; each is loaded only when it is run. */
const benches: Readonly<Record<string, Entry>> = {
  'big-data': {
    about:
      "big-data's gateway beside the producer client alone, Spark beside its own source, an event's way to a row",
    load: async () => (await import('./bench/big-data.ts')).benchBigData,
  },
  check: {
    about: 'the whole check beside a shell loop of kustomize build | kubeconform',
    load: async () => (await import('./bench/check.ts')).benchCheck,
  },
  diff: {
    about:
      'a one-file change over all targets beside rendering both sides by the shell; 2,000 objects a side',
    load: async () => (await import('./bench/diff.ts')).benchDiff,
  },
  feastflow: {
    about:
      "feastflow's browsing and ordering beside pgbench of the same statements, a restart under load, its pages on a slow phone",
    load: async () => (await import('./bench/feastflow.ts')).benchFeastflow,
  },
  histories: {
    about:
      'what the differ tells of 200 commits of public repositories, judged beside diff -u of the renders',
    load: async () => (await import('./bench/histories.ts')).benchHistories,
  },
  'kafka-clients': {
    about: 'Kafka clients for Node beside each other, on a real broker',
    load: async () => (await import('./bench/kafka-clients.ts')).benchKafkaClients,
  },
  lambda: {
    about: 'the workers of lambda beside psql \\copy of the same rows',
    load: async () => (await import('./bench/lambda.ts')).benchLambda,
  },
  mutants: {
    about: 'the share of defects that the rules find, put into every overlay one at a time',
    load: async () => (await import('./bench/mutants.ts')).benchMutants,
  },
  preempt: {
    about:
      "preempt's store beside LOAD DATA, its detector beside a plain z-score, its api beside a bare route",
    load: async () => (await import('./bench/preempt.ts')).benchPreempt,
  },
  'preempt-scale': {
    about: 'ml-trainer and detector on 892 locations with 90 days of history: time and memory',
    load: async () => (await import('./bench/preempt-scale.ts')).benchPreemptScale,
  },
  streaming: {
    about: "streaming's Avro producer beside plain bytes, Flink's job beside one that passes orders through",
    load: async () => (await import('./bench/streaming.ts')).benchStreaming,
  },
};

const list = Object.entries(benches).map(([name, { about }]) => `  ${name.padEnd(14)} ${about}`);
const help = `Usage: npm run bench -- NAME [--rounds N]

Measures what the project promises, as ratios of medians in one run on this machine.

${list.join('\n')}

  --rounds N   how often each way is timed, in turns (default 5)
  --help       show this

Exit codes: 0 measured; 2 it could not run.
`;

await main(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [name, ...others] = positionals;
  if (values.help || name === undefined) {
    process.stdout.write(help);
    return values.help ? 0 : 2;
  }
  const bench = benches[name];
  if (bench === undefined || others.length > 0) {
    const wrong = bench === undefined ? name : others.join(' ');
    throw new UsageError(
      `there is no bench "${wrong}"${didYouMean(wrong, Object.keys(benches))}; one of:\n${list.join('\n')}`,
    );
  }
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new UsageError(`--rounds ${values.rounds} is no number above 0`);
  const measure = await bench.load();
  process.stdout.write(await measure({ rounds, say: (message) => process.stderr.write(`${message}\n`) }));
  return 0;
});
