import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { guardCluster, guardProduction, isContextOf } from '../../deploy/cluster/guard.ts';
import type { Choice } from '../../deploy/systems.ts';
import { readEnvironment, UsageError } from '../../validators/index.ts';

const root = join(import.meta.dirname, '..', '..');

async function choice(environment: string, ...systems: string[]): Promise<Choice> {
  return {
    environment: await readEnvironment(root, `overlays/${environment}/environment.yaml`),
    whole: systems.length === 0,
    systems: systems.map((name) => ({ name, folder: '', namespaces: [name], objects: [] })),
    folders: [],
  };
}

const cluster = async (
  systems: string[],
  currentContext: string | undefined,
  kindClusters: string[],
  creates = false,
) => {
  return guardCluster(await choice('kind', ...systems), { currentContext, kindClusters }, creates).context;
};

test("a context is an environment's by its patterns, whole", async () => {
  const { environment } = await choice('production');
  assert.ok(isContextOf(environment, 'eu-production-1'));
  assert.not.ok(isContextOf(environment, 'minikube'));
  const kind = (await choice('kind')).environment;
  assert.ok(isContextOf(kind, 'kind-plumbline'));
  assert.not.ok(isContextOf(kind, 'kind-plumbline-2'));
});

test('production is touched only where both its context and the consent are given', async () => {
  const { environment } = await choice('production');
  const both = { context: 'eu-production-1', yesProduction: true };
  guardProduction(environment, 'a deploy', both);
  for (const permission of [
    { ...both, context: undefined },
    { ...both, yesProduction: false },
  ]) {
    assert.throws(() => guardProduction(environment, 'a deploy', permission), /production is Argo CD's/);
  }
});

test('the cluster of everything takes any system; a cluster of one takes its own', async () => {
  assert.is(await cluster(['big-data'], 'kind-plumbline', ['plumbline']), 'kind-plumbline');
  assert.is(await cluster(['big-data'], 'kind-big-data', ['big-data', 'plumbline']), 'kind-big-data');
});

test('a kind cluster that is not there is made, whatever the current context is', async () => {
  assert.is(await cluster([], 'minikube', [], true), 'kind-plumbline');
  assert.is(await cluster(['feastflow'], undefined, ['plumbline'], true), 'kind-feastflow-local');
});

test('without leave to make one, or when it is there and not current, nothing is touched', async () => {
  for (const [systems, current, there, creates] of [
    [[], 'minikube', [], false],
    [[], 'minikube', ['plumbline'], true],
    [['preempt'], 'kind-big-data', ['big-data', 'plumbline'], true],
    [[], undefined, ['plumbline'], true],
  ] as const) {
    try {
      await cluster([...systems], current, [...there], creates);
      assert.unreachable(`${systems} at ${current}`);
    } catch (error) {
      assert.instance(error, UsageError);
      assert.match((error as Error).message, 'nothing was touched');
    }
  }
});

test.run();
