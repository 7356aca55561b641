/**
 * Answers for kind where a cluster runs in namespaces of its own: the commands that `npm run deploy` and its likes
 * give, and no others.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { run } from '@plumbline/validators';
import { clusterFolder, clusterNames } from '../clusters.ts';
import { nodeNameOf } from '../layout.ts';
import { insideCluster } from '../local-cluster.ts';
import { down, portsOfKindConfig, up } from '../named.ts';
import { root } from '../root.ts';
import { standIn } from './stand-in.ts';

await standIn(async () => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { name: { type: 'string', default: 'kind' }, config: { type: 'string' } },
  });
  const [verb, what, ...rest] = positionals;
  const { name } = values;
  switch (`${verb} ${what}`) {
    case 'get clusters':
      for (const cluster of await clusterNames(root)) console.log(cluster);
      return;
    case 'get nodes':
      if ((await clusterNames(root)).includes(name)) console.log(nodeNameOf(name));
      return;
    case 'create cluster':
      await create(name, values.config);
      return;
    case 'delete cluster':
      if ((await clusterNames(root)).includes(name)) await down(root, name);
      return;
    case 'load image-archive':
      for (const file of rest) await load(name, resolve(file));
      return;
  }
  throw new Error(
    `kind ${verb} ${what}: this is Plumbline's stand-in for kind, which knows get clusters, get nodes, ` +
      'create cluster, delete cluster and load image-archive',
  );
});

async function create(name: string, config: string | undefined): Promise<void> {
  const given = config === '-' ? await text(process.stdin) : config && (await readFile(config, 'utf8'));
  const ports = given ? portsOfKindConfig(given) : [];
  await up({ root, name, ports, emptyNodes: [], progress: console.error });
}

async function load(name: string, file: string): Promise<void> {
  const ctr = ['ctr', '--address', '/run/plumbline/containerd.sock', '--namespace', 'k8s.io'];
  const [command, ...args] = insideCluster(clusterFolder(root, name), [...ctr, 'images', 'import', file]);
  const done = await run(command, args, { deadline: 10 * 60_000 });
  if (done.status !== 0) throw new Error(`${file} was not loaded: ${done.stderr.trim()}`);
}
