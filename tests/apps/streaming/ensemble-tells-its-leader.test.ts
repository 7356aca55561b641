import * as assert from 'uvu/assert';
import { renderSystem } from '../../../trial/overlay/system.ts';
import { type Ensemble, kafkaStandIn, startZookeeper } from '../../../trial/services/kafka.ts';
import { openTrial, type Trial } from '../../../trial/trial.ts';
import { until } from '../../../trial/until.ts';
import { onlyOfEnsembles } from '../../alerts/from-elsewhere.ts';
import { type Prometheus, startPrometheus, targetsOf } from '../../alerts/monitored.ts';
import { readExpression } from '../../alerts/promql.ts';
import { alertsOf, ruleFiles } from '../../alerts/rules.ts';
import { suite } from '../../harness/suite.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './rig.ts';

const test = suite('the ensemble tells its leader');
let trial: Trial;
let prometheus: Prometheus;
let members: Ensemble['members'];

const alerts = alertsOf(await ruleFiles('streaming'));
const expressionOf = (name: string) => {
  const found = alerts.find(({ alert }) => alert === name);
  if (found === undefined) throw new Error(`there is no alert ${name}`);
  return found.expr;
};
/** Whether an alert would begin to wait now. */
const isTrue = async (name: string) => (await prometheus.query(expressionOf(name))).length > 0;

test.before(async () => {
  const system = await renderSystem(root, kustomize, 'production', 'streaming');
  trial = await openTrial(system, { engine: 'processes' });
  const ensemble = await startZookeeper(trial, await kafkaStandIn(trial));
  members = ensemble.members;
  const targets = targetsOf(system.model).filter(({ workload }) => workload === 'zookeeper');
  prometheus = await startPrometheus(trial, targets, new Map([['zookeeper', [...ensemble.metrics]]]));
});
test.after(() => trial?.close());

test('three members have one leader, with two followers in sync, and no alert is true', async () => {
  await until(async () => (await prometheus.query('synced_followers == 2')).length === 1, {
    deadline: 90_000,
    what: 'a leader with two followers',
    every: 200,
  });
  for (const metric of onlyOfEnsembles) {
    assert.is((await prometheus.query(metric)).length, metric === 'quorum_size' ? 3 : 1, metric);
    const asked = alerts.flatMap(({ expr }) =>
      readExpression(expr).selectors.filter((selector) => selector.metric.text === metric),
    );
    assert.ok(asked.length > 0, metric);
    for (const { text } of asked) assert.ok((await prometheus.query(text)).length > 0, text);
  }
  for (const name of ['ZooKeeperNoLeader', 'ZooKeeperFollowerBehind'])
    assert.not.ok(await isTrue(name), name);
});

test('a follower that is gone is missed, and so is the leader when two are gone', async () => {
  const [leading] = await prometheus.query('leader_uptime');
  const leader = leading?.metric.pod ?? '';
  const followers = [...members.keys()].filter((pod) => pod !== leader);
  const kill = async (pod = '') => {
    members.get(pod)?.signal('SIGKILL');
    await members.get(pod)?.ended;
  };
  await kill(followers[0]);
  await until(() => isTrue('ZooKeeperFollowerBehind'), {
    deadline: 60_000,
    what: 'the follower',
    every: 200,
  });
  assert.not.ok(await isTrue('ZooKeeperNoLeader'));
  await kill(followers[1]);
  await until(() => isTrue('ZooKeeperNoLeader'), { deadline: 60_000, what: 'the leader', every: 200 });
});

test.run();
