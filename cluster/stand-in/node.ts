/**
 * Answers for the container engine that would run kind's node: whether the node runs, start, stop, and which images it
 * has, in the words in which `npm run deploy` and its likes ask.
 */
import { run } from '@plumbline/validators';
import { clusterFolder, clusterNames } from '../clusters.ts';
import { nodeNameOf } from '../layout.ts';
import { findLocalCluster, insideCluster } from '../local-cluster.ts';
import { restart, stop } from '../named.ts';
import { root } from '../root.ts';
import { standIn } from './stand-in.ts';

await standIn(async () => {
  const args = process.argv.slice(2);
  const line = args.join(' ');
  const names = await clusterNames(root);
  const name = names.find((cluster) => args.includes(nodeNameOf(cluster)));
  if (name === undefined) throw new Error(`${line}: there is no such node`);
  const node = nodeNameOf(name);
  switch (line) {
    case `container inspect --format {{.State.Running}} ${node}`:
      console.log(String((await findLocalCluster(clusterFolder(root, name))) !== undefined));
      return;
    case `start ${node}`:
      await restart(root, name);
      return;
    case `stop ${node}`:
      await stop(root, name);
      return;
    case `exec ${node} crictl images --output json`:
      console.log(JSON.stringify({ images: await imagesOf(name) }));
      return;
  }
  throw new Error(
    `${line}: this stands in for a container engine, and knows inspect, start, stop and crictl images`,
  );
});

/** The node's images as crictl tells them: what has several names is one image. */
async function imagesOf(
  name: string,
): Promise<{ readonly id: string; readonly repoTags: readonly string[] }[]> {
  const ctr = [
    'ctr',
    '--address',
    '/run/plumbline/containerd.sock',
    '--namespace',
    'k8s.io',
    'images',
    'list',
  ];
  const [command, ...args] = insideCluster(clusterFolder(root, name), ctr);
  const done = await run(command, args, { deadline: 60_000 });
  if (done.status !== 0) throw new Error(done.stderr.trim());
  const [, ...rows] = done.stdout.toString('utf8').trim().split('\n');
  const byDigest = Map.groupBy(
    rows.map((row) => row.split(/\s+/)),
    ([, , digest = '']) => digest,
  );
  return [...byDigest].map(([id, images]) => ({
    id,
    repoTags: images
      .map(([tag = '']) => tag)
      .filter((tag) => !tag.includes('@') && !tag.startsWith('sha256:')),
  }));
}
