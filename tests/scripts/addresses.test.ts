import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readAddresses } from '../../deploy/addresses.ts';
import {
  build,
  findTargets,
  type KubernetesObject,
  parseYaml,
  readEnvironment,
  readRendered,
} from '../../validators/index.ts';

const root = join(import.meta.dirname, '..', '..');

interface ServicePort {
  readonly port: number;
  readonly nodePort?: number;
}

async function services(folder: string): Promise<KubernetesObject[]> {
  const command =
    process.env.KUSTOMIZE === undefined ? ['kubectl', 'kustomize'] : [process.env.KUSTOMIZE, 'build'];
  const built = await build(command, root, folder);
  if (!built.ok) throw new Error(built.message);
  return readRendered(built.stream, new Map())
    .map(({ object }) => object)
    .filter(({ kind }) => kind === 'Service');
}

const portsOf = ({ spec }: KubernetesObject) => (spec as { ports?: ServicePort[] }).ports ?? [];
const typeOf = ({ spec }: KubernetesObject) => (spec as { type?: string }).type;

test('on laptops each NodePort stands in the table, and each row of the table is a Service', async () => {
  const rows = await readAddresses(root);
  const targets = await findTargets(root);
  for (const { name, system, environment, folder } of targets) {
    if (system === undefined || environment === 'production') continue;
    const rendered = await services(folder);
    const nodePorts = rendered
      .filter((service) => typeOf(service) === 'NodePort')
      .flatMap((service) =>
        portsOf(service).map(({ port, nodePort }) => `${service.metadata.name} ${port} ${nodePort}`),
      );
    const wanted = rows
      .filter((row) => row.system === system && row.nodePort !== undefined)
      .map(({ service, port, nodePort }) => `${service} ${port} ${nodePort}`);
    assert.equal(
      nodePorts.toSorted(),
      wanted.toSorted(),
      `${name}: NodePorts and overlays/addresses.yaml differ`,
    );
    for (const row of rows.filter((each) => each.system === system)) {
      const service = rendered.find(({ metadata }) => metadata.name === row.service);
      const ports = service === undefined ? [] : portsOf(service).map(({ port }) => port);
      assert.ok(ports.includes(row.port), `${name}: no Service ${row.service} with port ${row.port}`);
    }
  }
});

test('the ports that kind says it maps are those that its cluster.yaml does', async () => {
  const { nodes } = parseYaml(await readFile(join(root, 'overlays/kind/cluster.yaml'), 'utf8')) as {
    nodes: readonly { extraPortMappings: readonly { containerPort: number }[] }[];
  };
  const mapped = nodes.flatMap(({ extraPortMappings }) =>
    extraPortMappings.map(({ containerPort }) => containerPort),
  );
  const { nodePorts } = await readEnvironment(root, 'overlays/kind/environment.yaml');
  assert.equal(
    nodePorts.mapped,
    mapped.toSorted((a, b) => a - b),
  );
});

test('the ingress controller has the NodePorts of the table', async () => {
  const rows = (await readAddresses(root)).filter(({ system }) => system === undefined);
  const [service] = await services('argocd/platform/laptop/traefik');
  assert.ok(service !== undefined);
  assert.equal(
    portsOf(service).map(({ port, nodePort }) => `${port} ${nodePort}`),
    rows.map(({ port, nodePort }) => `${port} ${nodePort}`),
  );
});

test.run();
