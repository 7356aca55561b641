import {
  buildModel,
  type Environment,
  type KubernetesObject,
  type Model,
  type Workload,
} from '@plumbline/validators';
import * as assert from 'uvu/assert';
import { connection, namespaceLabels } from '../../validators/graph/policy.ts';
import { declaredPorts } from '../../validators/graph/ports.ts';
import { operators } from '../mutants/operators/index.ts';
import { allowedByCyclonus, type Peer, type Traffic } from './harness/cyclonus.ts';
import { subjects } from './harness/mutants.ts';
import { proofs } from './harness/proofs.ts';
import { randomPolicies } from './harness/random-policies.ts';
import { clusterParts } from './harness/test-cluster.ts';

const { cyclonus = 'cyclonus' } = (await clusterParts()).binaries;

const test = proofs(
  'NetworkPolicies, as the prover judges them and as cyclonus does',
  'cyclonus, which needs no cluster',
);

type Question = Traffic & { readonly what: string; readonly prover: boolean };

function peerOf(model: Model, { namespace, labels }: Workload): Peer {
  return { namespace, namespaceLabels: namespaceLabels(model, namespace), labels };
}

/** Every pod to every port of every other, to a port that nobody declares, from outside and to it. */
function questions(model: Model): Question[] {
  const found: Question[] = [];
  const ports = (workload: Workload) => [
    ...declaredPorts(workload).map(({ number, name = '', protocol }) => ({ number, name, protocol })),
    { number: 9, name: '', protocol: 'TCP' },
  ];
  const outside = { outside: true } as const;
  for (const to of model.workloads) {
    for (const { number, name, protocol } of ports(to)) {
      for (const from of [...model.workloads, undefined]) {
        if (from === to) continue;
        found.push({
          what: `${from?.name ?? 'outside'} -> ${to.name}:${number}/${protocol}`,
          from: from && peerOf(model, from),
          to: peerOf(model, to),
          port: number,
          portName: name,
          protocol,
          prover: connection(model, from ?? outside, to, number, protocol).allowed,
        });
      }
    }
  }
  for (const from of model.workloads) {
    for (const number of [80, 443, 9]) {
      found.push({
        what: `${from.name} -> outside:${number}`,
        from: peerOf(model, from),
        to: undefined,
        port: number,
        portName: '',
        protocol: 'TCP',
        prover: connection(model, from, outside, number).allowed,
      });
    }
  }
  return found;
}

/** What the two judge otherwise, and how much they were asked. */
async function compare(
  objects: readonly KubernetesObject[],
  choose: (asked: readonly Question[]) => readonly Question[] = (asked) => asked,
): Promise<{ readonly asked: number; readonly allowed: number; readonly otherwise: readonly string[] }> {
  const model = buildModel(objects);
  const asked = choose(questions(model));
  const policies = model.policies.map(({ object }) => object);
  const answers = await allowedByCyclonus(cyclonus, policies, asked);
  return {
    asked: asked.length,
    allowed: answers.filter(Boolean).length,
    otherwise: asked
      .filter(({ prover }, index) => prover !== answers[index])
      .map(({ what, prover }) => `${what}: the prover says ${prover ? 'open' : 'cut'}`),
  };
}

for (const [name, systems] of [
  ['kind', ['big-data', 'feastflow', 'lambda', 'preempt', 'streaming']],
  ['production', ['big-data', 'feastflow', 'lambda', 'preempt', 'streaming']],
] as const) {
  test(`every connection of ${name}, and those that a defect in a policy changes`, async () => {
    for (const { name: target, objects, environment } of await subjects(
      systems.map((system) => `${name}/${system}`),
    )) {
      const { asked, allowed, otherwise } = await compare(objects);
      assert.equal(otherwise, [], target);
      assert.ok(allowed > 0 && allowed < asked, `${target}: ${allowed} of ${asked} are open`);
      let mutants = 0;
      for (const mutant of defects(objects, environment)) {
        const found = await compare(mutant.objects);
        assert.equal(found.otherwise, [], mutant.what);
        mutants += 1;
      }
      console.log(`${target}: ${asked} connections, ${allowed} open, ${mutants} defects; the same answers`);
    }
  });
}

/** Defects of policies, one of each kind from the first, the middle and the last place. */
function defects(objects: readonly KubernetesObject[], environment: Environment) {
  return operators
    .filter(({ id }) => id.startsWith('policy '))
    .flatMap((operator) => {
      const all = [...operator.mutate(objects, environment)];
      return [...new Set([0, all.length >> 1, all.length - 1])].flatMap((index) => all[index] ?? []);
    });
}

test('policies of every form, drawn at random', async () => {
  let [asked, allowed] = [0, 0];
  for (let seed = 1; seed <= 150; seed += 1) {
    const found = await compare(randomPolicies(seed));
    assert.equal(found.otherwise, [], `seed ${seed}`);
    asked += found.asked;
    allowed += found.allowed;
  }
  console.log(`${asked} connections under 150 sets of policies, ${allowed} open; the same answers`);
  assert.ok(allowed > asked / 20 && allowed < (asked * 19) / 20, `${allowed} of ${asked} are open`);
});

test.run();
