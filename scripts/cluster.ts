import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '@plumbline/validators';
import { which } from 'zx';
import {
  clusterFolder,
  clusterNames,
  down,
  environmentOf,
  findLocalCluster,
  portsOfKindConfig,
  stop,
  up,
} from '../cluster/index.ts';
import {
  createKindCluster,
  deleteKindCluster,
  kindConfigFile,
  type Plan,
  readAddresses,
  readKindConfig,
  runCommand,
  seconds,
  wholeCluster,
} from '../deploy/index.ts';
import { readArguments } from './lib/arguments.ts';
import { follow } from './lib/cluster-script.ts';
import { interruptible } from './lib/interrupt.ts';
import { main } from './lib/main.ts';
import { startProgress } from './lib/progress.ts';
import { root } from './lib/root.ts';

const verbs = ['up', 'stop', 'down', 'status', 'env'] as const;

const help = `Usage: npm run cluster -- ${verbs.join('|')} [option ...]

A Kubernetes to try the overlays on. Where Docker and kind work, the kind cluster "${wholeCluster}" of
${kindConfigFile}; elsewhere, on Linux as root, one of the same name that is built from tools/cluster (minutes, once)
and runs in namespaces of its own: one node, without a registry and without a way out, that leaves nothing on the machine.

  up       make it, or start it again where it was stopped
  stop     end it and keep its data; up brings it back
  down     end it with all that it holds
  status   say whether it runs
  env      print the variables that lead to it: eval "$(npm run cluster --silent -- env)"

  --empty-nodes N   besides the real node, N that carry pods without running them (0; not with kind)
  --dry-run         say what up, stop or down would do, and do nothing
  --help            show this

Exit codes: 0 done; 1 it did not come up, or status finds none; 2 it could not begin.
`;

await main(async () => {
  const { values, positionals } = readArguments({
    allowPositionals: true,
    options: {
      'empty-nodes': { type: 'string', default: '0' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const [word = '', ...others] = positionals;
  const verb = verbs.find((name) => name === word);
  if (verb === undefined || others.length > 0) {
    throw new UsageError(`usage: npm run cluster -- ${verbs.join('|')} (--help says more)`);
  }
  const emptyNodes = Number(values['empty-nodes']);
  if (!Number.isInteger(emptyNodes) || emptyNodes < 0 || emptyNodes > 100) {
    throw new UsageError(`--empty-nodes takes a number from 0 to 100, not "${values['empty-nodes']}"`);
  }
  const dryRun = values['dry-run'] === true;
  const ours = (await clusterNames(root)).includes(wholeCluster);
  if (!ours && (await kindWorks())) return onKind(verb, dryRun);
  return verb === 'up' ? start(emptyNodes, dryRun) : onOwn(verb, dryRun);
});

/** True when kind is there with an engine that answers. */
async function kindWorks(): Promise<boolean> {
  if ((await which('kind', { nothrow: true })) === null) return false;
  const engine = process.env.KIND_EXPERIMENTAL_PROVIDER ?? 'docker';
  if ((await which(engine, { nothrow: true })) === null) return false;
  const ran = await runCommand({ argv: [engine, 'info'], deadline: seconds(20) }, { cwd: root }).catch(
    () => undefined,
  );
  return ran?.status === 0;
}

async function onKind(verb: (typeof verbs)[number], dryRun: boolean): Promise<number> {
  const engine = process.env.KIND_EXPERIMENTAL_PROVIDER ?? 'docker';
  const node = `${wholeCluster}-control-plane`;
  const run = (does: string, command: readonly [string, ...string[]]): Plan => [
    { kind: 'run', does, commands: [{ argv: command, deadline: seconds(180) }] },
  ];
  switch (verb) {
    case 'env':
      return 0;
    case 'status': {
      const ran = await runCommand(
        { argv: ['kind', 'get', 'clusters'], deadline: seconds(30) },
        { cwd: root },
      );
      const there = ran.stdout.split(/\s+/).includes(wholeCluster);
      process.stdout.write(`${there ? 'there is a' : 'there is no'} kind cluster "${wholeCluster}"\n`);
      return there ? 0 : 1;
    }
    case 'up': {
      const [addresses, kindConfig] = await Promise.all([readAddresses(root), readKindConfig(root)]);
      const purpose = { name: wholeCluster, systems: [], addresses, kindConfig };
      const plan = [
        createKindCluster(purpose),
        ...run('Start its node, if it was stopped', [engine, 'start', node]),
      ];
      return interruptible((signal) => follow(plan, dryRun, signal));
    }
    case 'stop':
      return interruptible((signal) => follow(run('Stop its node', [engine, 'stop', node]), dryRun, signal));
    case 'down': {
      const plan: Plan = [
        { kind: 'run', does: `Delete ${wholeCluster}`, commands: [deleteKindCluster(wholeCluster)] },
      ];
      return interruptible((signal) => follow(plan, dryRun, signal));
    }
  }
}

async function start(emptyNodes: number, dryRun: boolean): Promise<number> {
  const state = clusterFolder(root, wholeCluster);
  if (dryRun) {
    process.stdout.write(`would start the cluster "${wholeCluster}" in ${state}, in namespaces of its own\n`);
    return 0;
  }
  const running = await findLocalCluster(state);
  if (running !== undefined) {
    process.stdout.write(`the cluster "${wholeCluster}" runs already, as process ${running.pid}\n`);
    return 0;
  }
  const progress = startProgress();
  const ports = portsOfKindConfig(await readFile(join(root, kindConfigFile), 'utf8'));
  const nodes = Array.from({ length: emptyNodes }, (_, index) => ({
    name: `empty-${index + 1}`,
    cpu: '16',
    memory: '64Gi',
    pods: 250,
    labels: {},
  }));
  const options = { root, name: wholeCluster, ports, emptyNodes: nodes, progress: progress.say };
  const cluster = await up(options).catch((error: Error) => {
    progress.done();
    if (error instanceof UsageError) throw error;
    process.stderr.write(`${error.message}\n`);
  });
  if (cluster === undefined) return 1;
  progress.done();
  process.stdout.write(
    `The cluster is ${cluster.status.says}; ending process ${cluster.pid} ends all of it.\n\n` +
      `  eval "$(npm run cluster --silent -- env)"   this shell's kubectl, and npm run deploy -- kind, work on it\n` +
      '  npm run cluster -- down                     ends it\n',
  );
  return 0;
}

async function onOwn(verb: Exclude<(typeof verbs)[number], 'up'>, dryRun: boolean): Promise<number> {
  const state = clusterFolder(root, wholeCluster);
  if (verb === 'env') {
    for (const [name, value] of Object.entries(environmentOf(root))) {
      process.stdout.write(`export ${name}='${value.replaceAll("'", "'\\''")}'\n`);
    }
    return 0;
  }
  if (verb === 'status') {
    const running = await findLocalCluster(state);
    process.stdout.write(
      running === undefined
        ? `no cluster "${wholeCluster}" runs\n`
        : `the cluster "${wholeCluster}" runs as process ${running.pid}: ${running.status.says}\n`,
    );
    return running === undefined ? 1 : 0;
  }
  if (!(await clusterNames(root)).includes(wholeCluster)) {
    process.stdout.write(`there is no cluster "${wholeCluster}"\n`);
    return 0;
  }
  if (dryRun) {
    process.stdout.write(
      `would end the cluster "${wholeCluster}"${verb === 'stop' ? '' : ' and its data'}\n`,
    );
    return 0;
  }
  await (verb === 'stop' ? stop : down)(root, wholeCluster);
  process.stdout.write(`the cluster "${wholeCluster}" is ${verb === 'stop' ? 'stopped' : 'gone'}\n`);
  return 0;
}
