import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderSystem } from '../../trial/overlay/system.ts';
import { commandsOf } from '../cluster/harness/commands-of-a-guide.ts';
import { root } from '../house/repository.ts';
import { type KubectlLine, readKubectl } from './kubectl-line.ts';
import { kustomize, monitoredSystems, namespaceOf } from './rules.ts';
import { type Thing, thingsOf } from './things.ts';

/** Namespaces of the platform that the pages send to. */
const platform = new Set(['monitoring', 'cert-manager', 'ingress-nginx']);

/** Kinds as kubectl takes them, by how the pages write them; what is none of a rendered system stands in `others`. */
const kindsOf: Readonly<Record<string, string>> = {
  deploy: 'Deployment',
  deployment: 'Deployment',
  statefulset: 'StatefulSet',
  job: 'Job',
  jobs: 'Job',
  cronjob: 'CronJob',
  pod: 'Pod',
  pods: 'Pod',
  pvc: 'PersistentVolumeClaim',
  hpa: 'HorizontalPodAutoscaler',
  networkpolicies: 'NetworkPolicy',
  networkpolicy: 'NetworkPolicy',
  certificate: 'Certificate',
  service: 'Service',
  resourcequota: 'ResourceQuota',
};
const others = new Set(['events', 'nodes', 'replicaset', 'certificaterequest', 'storageclass']);

/** What is wrong with a command: what it names and production has not. */
function mistakesIn(
  { namespace, kinds, names, labels, container }: KubectlLine,
  system: string,
  things: readonly Thing[],
): string[] {
  if (kinds.every((kind) => others.has(kind)) && names.length === 0) return [];
  if (namespace !== undefined && platform.has(namespace)) return [];
  if (namespace !== namespaceOf(system)) return [`the namespace ${namespace}`];
  const wrong: string[] = [];
  for (const written of kinds) {
    const kind = kindsOf[written];
    if (kind === undefined) return [`the kind ${written}`];
    const labelled = things.filter(
      (thing) =>
        thing.kind === kind && Object.entries(labels).every(([key, value]) => thing.labels[key] === value),
    );
    if (labelled.length === 0) wrong.push(`${kind} with ${JSON.stringify(labels)}`);
    for (const name of names)
      if (!labelled.some((thing) => thing.name === name)) wrong.push(`${kind} ${name}`);
    const meant = labelled.filter(({ name }) => names.length === 0 || names.includes(name));
    if (container !== undefined && !meant.some(({ containers }) => containers.includes(container)))
      wrong.push(`the container ${container}`);
  }
  return wrong;
}

/** Every kubectl of a system's page of alerts that names what production has not. */
async function mistakesOf(system: string, text: string): Promise<string[]> {
  const { model } = await renderSystem(root, kustomize, 'production', system);
  const things = thingsOf(model);
  return commandsOf(text)
    .filter((line) => line.startsWith('kubectl '))
    .flatMap((line) => mistakesIn(readKubectl(line), system, things).map((what) => `${what}: ${line}`));
}

for (const system of await monitoredSystems()) {
  const page = join(root, 'docs', 'systems', `${system}-alerts.md`);
  test(`what to do at an alert of ${system} is asked of what production has`, async () => {
    const text = await readFile(page, 'utf8');
    assert.ok(commandsOf(text).length > 10, `${page} says what to do`);
    assert.equal(await mistakesOf(system, text), []);
  });
}

test('a command that names what is not there is told', async () => {
  const page = (line: string) => `\`\`\`bash\n${line}\n\`\`\`\n`;
  const told = async (line: string) => (await mistakesOf('preempt', page(line))).length;
  const right = [
    'kubectl get jobs -n preempt',
    'kubectl logs -n preempt -l app.kubernetes.io/name=detector --tail=20',
    'kubectl describe pod -n preempt mysql-0',
    'kubectl exec -n preempt deployment/ml-trainer -- df -h /models',
  ];
  for (const line of right) assert.is(await told(line), 0, line);
  const wrong = [
    'kubectl get jobs -n preempt -l app.kubernetes.io/name=collector',
    'kubectl get jobs -n prod',
    'kubectl get jobs',
    'kubectl logs -n preempt -l app.kubernetes.io/name=detectors --tail=20',
    'kubectl describe pod -n preempt mysql-7',
    'kubectl exec -n preempt deployment/trainer -- df -h /models',
    'kubectl logs -n preempt mysql-0 -c mysqld',
    'kubectl rollout status deployment/backend -n preempt',
  ];
  for (const line of wrong) assert.is(await told(line), 1, line);
});

test.run();
