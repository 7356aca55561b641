import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '@plumbline/validators';
import { run } from '@plumbline/validators';

/** A pod as a policy sees it. */
export interface Peer {
  readonly namespace: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** A connection, of which an end that is undefined lies outside the cluster. */
export interface Traffic {
  readonly from: Peer | undefined;
  readonly to: Peer | undefined;
  readonly port: number;
  /** The name that the pod it leads to gives the port; empty where it gives none. */
  readonly portName: string;
  readonly protocol: string;
}

/** Where neither a pod nor a Service of ours is (RFC 5737). */
const outside = '198.51.100.7';

function peer(pod: Peer | undefined) {
  if (pod === undefined) return { IP: outside };
  const { namespace, namespaceLabels, labels } = pod;
  return {
    IP: '10.244.0.7',
    Internal: { PodLabels: labels, NamespaceLabels: namespaceLabels, Namespace: namespace },
  };
}

/**
 * Whether cyclonus holds that policies allow each connection, in their order.
 * Source: github.com/mattfenwick/cyclonus, `analyze --mode query-traffic`.
 * @param program the path of its command
 * @throws Error with its words when it fails, or when it answers otherwise than was asked.
 */
export async function allowedByCyclonus(
  program: string,
  policies: readonly KubernetesObject[],
  traffic: readonly Traffic[],
): Promise<boolean[]> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-cyclonus-'));
  try {
    const [policyPath, trafficPath] = [join(folder, 'policies.json'), join(folder, 'traffic.json')];
    const items = policies.map((policy) => ({ ...policy, status: undefined }));
    const list = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicyList', items };
    await writeFile(policyPath, JSON.stringify(list));
    const asked = traffic.map(({ from, to, port, portName, protocol }) => ({
      Source: peer(from),
      Destination: peer(to),
      ResolvedPort: port,
      ResolvedPortName: portName,
      Protocol: protocol,
    }));
    await writeFile(trafficPath, JSON.stringify(asked));
    const args = ['analyze', '--mode', 'query-traffic'];
    const done = await run(program, [...args, '--policy-path', policyPath, '--traffic-path', trafficPath], {
      deadline: 120_000,
    });
    const said = done.stdout.toString('utf8');
    const answers = [...said.matchAll(/\|\s*is allowed\?\s*\|\s*(true|false)\s*\|/gi)].map(
      ([, answer]) => answer?.toLowerCase() === 'true',
    );
    if (done.status !== 0 || answers.length !== traffic.length) {
      throw new Error(
        `cyclonus gave ${answers.length} answers to ${traffic.length} questions: ${done.stderr.slice(-2000)}`,
      );
    }
    return answers;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
