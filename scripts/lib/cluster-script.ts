import { parseArgs } from 'node:util';
import {
  assumedCluster,
  type Choice,
  type Cluster,
  choose,
  execute,
  guardCluster,
  guardProduction,
  type Permission,
  type Plan,
  printPlan,
  runCommand,
  StepFailed,
  seconds,
} from '../../deploy/index.ts';
import { Interrupted, interruptible } from './interrupt.ts';
import { main } from './main.ts';
import { startNarrator } from './narrator.ts';
import { requireCommands } from './require-commands.ts';
import { root } from './root.ts';

/** What every script that touches a cluster understands; the last lines of each one's help. */
export const clusterHelp = `  --context NAME     this cluster, whatever kubectl's current context is
  --yes-production   with --context: production too, though Argo CD owns it
  --dry-run          print the exact commands, run none of them
  --help             show this

Without --context the current context must be one of those in overlays/ENVIRONMENT/environment.yaml.

Exit codes: 0 done; 1 the cluster did not get there; 2 it could not begin, and nothing was touched.
`;

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

const shared = {
  context: { type: 'string' },
  'yes-production': { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const satisfies Options;

/** What a script knows once its arguments are read and its cluster is found. */
export interface Work {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly choice: Choice;
  readonly cluster: Cluster;
  readonly permission: Permission;
  readonly dryRun: boolean;
  /** What stands behind a `--` of its own. */
  readonly rest: readonly string[];
}

export interface ClusterScript {
  /** `npm run deploy -- ENVIRONMENT [SYSTEM ...]` */
  readonly usage: string;
  readonly help: string;
  readonly options?: Options;
  /** What it does, for messages: `a deploy`. */
  readonly action: string;
  /** False for what only looks: production is no danger to it. */
  readonly changes?: boolean;
  /** Refuses what the script cannot do with these systems, before any cluster is looked at. */
  readonly accepts?: (choice: Choice, values: Work['values']) => void;
  /** It makes the kind cluster that is not there. */
  readonly creates?: boolean;
  readonly work: (work: Work, signal: AbortSignal) => Promise<number>;
}

/** Reads the arguments, finds the cluster that may be touched, and does the script's work. */
export async function clusterScript(script: ClusterScript): Promise<void> {
  await main(async () => {
    const { tokens, ...parsed } = parseArgs({
      allowPositionals: true,
      tokens: true,
      options: { ...shared, ...script.options },
    });
    // What follows a `--` of its own are words for the script, not systems.
    const end = tokens.find(({ kind }) => kind === 'option-terminator')?.index ?? Number.POSITIVE_INFINITY;
    const words = (after: boolean) =>
      tokens.flatMap((token) =>
        token.kind === 'positional' && token.index > end === after ? token.value : [],
      );
    const values = parsed.values as Work['values'];
    if (values.help === true) {
      process.stdout.write(script.help);
      return 0;
    }
    const dryRun = values['dry-run'] === true;
    const context = typeof values.context === 'string' ? values.context : undefined;
    const permission = { context, yesProduction: values['yes-production'] === true };
    await requireCommands(['kubectl']);
    const choice = await choose(root, words(false), script.usage);
    if (script.changes !== false) guardProduction(choice.environment, script.action, permission);
    script.accepts?.(choice, values);
    // A cluster that was named needs no look at the others.
    const cluster =
      dryRun || context !== undefined
        ? assumedCluster(choice, permission)
        : guardCluster(choice, await lookAround(choice), script.creates === true);
    if (!dryRun && cluster.host.kind !== 'other') await requireCommands([cluster.host.kind]);
    return interruptible((signal) =>
      script.work({ values, choice, cluster, permission, dryRun, rest: words(true) }, signal),
    );
  });
}

async function lookAround(choice: Choice) {
  const ask = (argv: readonly [string, ...string[]]) =>
    runCommand({ argv, deadline: seconds(20) }, { cwd: root });
  const current = await ask(['kubectl', 'config', 'current-context']);
  const currentContext = current.stdout.trim() || undefined;
  if (choice.environment.name !== 'kind') return { currentContext, kindClusters: [] };
  await requireCommands(['kind']);
  const clusters = await ask(['kind', 'get', 'clusters']);
  return { currentContext, kindClusters: clusters.stdout.split(/\s+/).filter((name) => name !== '') };
}

/** Prints the plan, or carries it out; 1 when it did not come to its end. */
export async function follow(plan: Plan, dryRun: boolean, signal: AbortSignal): Promise<number> {
  if (dryRun) {
    process.stdout.write(printPlan(plan));
    return 0;
  }
  const narrator = startNarrator();
  try {
    await execute(plan, { cwd: root, narrator, signal });
    return 0;
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof StepFailed)) throw error;
    narrator.note(error.message);
    return 1;
  }
}
