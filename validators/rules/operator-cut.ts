import type { Environment } from '../environment/environment.ts';
import { connection, type End, type Verdict } from '../graph/policy.ts';
import { type Maker, makerOf } from '../operators/index.ts';
import type { Problem, Rule } from './rule.ts';

/** Ports on which clusters have their API servers, behind the Service's 443. */
const apiPorts = [6443, 443];

/** Where the operator of a custom resource runs; undefined where the environment does not say. */
function operatorOf({ by }: Maker, { peers }: Environment): End | undefined {
  const peer = by.apiVersion.startsWith('postgresql.cnpg.io/') ? peers['cloudnative-pg'] : undefined;
  return peer === undefined ? undefined : { namespace: peer.namespace, labels: peer.podLabels };
}

/** What an operator, the pods that it makes and the Kubernetes API say to each other is cut. */
export const operatorCut: Rule = {
  id: 'operator-cut',
  severity: 'error',
  family: 'flows',
  title:
    'NetworkPolicies cut the pods that an operator makes from it, from each other, or from the Kubernetes API',
  needsEnvironment: true,
  *check({ model, environment }): Iterable<Problem> {
    if (environment === undefined) return;
    for (const workload of model.workloads) {
      const maker = makerOf(workload.object);
      if (maker?.talks === undefined) continue;
      const { object, namespace } = workload;
      const found = (verdict: Verdict, what: string, why: string): Problem[] =>
        verdict.allowed
          ? []
          : [
              {
                object,
                message: `${what} (${why}), and the ${verdict.cut} policies of its pods (${verdict.policies.join(', ')}) do not let it through: it would never become ready`,
              },
            ];
      const operator = operatorOf(maker, environment);
      for (const [port, why] of operator === undefined ? [] : maker.talks.operator)
        yield* found(
          connection(model, operator as End, workload, port),
          `its operator asks its pods on ${port}`,
          why,
        );
      for (const [port, why] of maker.talks.peers)
        yield* found(connection(model, workload, workload, port), `its pods ask each other on ${port}`, why);
      const { kubernetes } = maker.talks;
      if (kubernetes === undefined) continue;
      const outside: End = { outside: true };
      const verdicts = apiPorts.map((port) => connection(model, workload, outside, port));
      if (verdicts.some(({ allowed }) => allowed)) continue;
      yield* found(
        verdicts[0] as Verdict,
        `its pods in namespace ${namespace} ask the Kubernetes API on ${apiPorts.join(' or ')}`,
        kubernetes,
      );
    }
  },
};
