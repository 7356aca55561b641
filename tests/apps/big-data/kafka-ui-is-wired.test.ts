import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { podContainer } from '../../../trial/overlay/container.ts';
import { renderSystem, type System, workloadOf } from '../../../trial/overlay/system.ts';
import { root } from '../../house/repository.ts';
import { kustomize } from './gateway-rig.ts';

const environments = ['kind', 'docker-desktop', 'minikube', 'production'];
const systems = await Promise.all(
  environments.map((name) => renderSystem(root, kustomize, name, 'big-data')),
);
const uiIn = (system: System) => {
  const workload = workloadOf(system, 'Deployment', 'kafka-ui');
  const { image, env } = podContainer(system, workload);
  const { spec } = workload.containers.find(({ role }) => role === 'main') ?? {};
  return { image, env, spec };
};

/** Whose sources were read for what follows. */
const version = 'v1.5.0';

/**
 * What a cluster may be told, as Spring Boot reads it from a variable: letters alone, in capitals.
 * Source: kafbat/kafka-ui, api/src/main/java/io/kafbat/ui/config/ClustersProperties.java, `Cluster`; texts, numbers and
 * switches alone.
 */
const ofCluster: ReadonlySet<string> = new Set(
  [
    'name',
    'bootstrapServers',
    'schemaRegistry',
    'schemaRegistryTopicSubjectSuffix',
    'ksqldbServer',
    'defaultKeySerde',
    'defaultValueSerde',
    'readOnly',
    'pollingThrottleRate',
  ].map((name) => name.toUpperCase()),
);

/** What else it may be told, by the file of the sources that reads it. */
const others: Readonly<Record<string, readonly [source: string, values: RegExp]>> = {
  // Off, nobody gives it another cluster by its page.
  DYNAMIC_CONFIG_ENABLED: [
    'api/src/main/java/io/kafbat/ui/util/DynamicConfigOperations.java',
    /^(true|false)$/,
  ],
  // Without it there is nothing at /actuator/health/liveness outside of what Spring Boot takes for Kubernetes.
  MANAGEMENT_ENDPOINT_HEALTH_PROBES_ENABLED: ['Spring Boot 3.5', /^true$/],
  JAVA_OPTS: ['api/Dockerfile', /-Xmx\d+m/],
};

test('every variable is one that the pinned version of Kafka UI reads', () => {
  for (const system of systems) {
    const { image, env } = uiIn(system);
    assert.ok(image.endsWith(`kafka-ui:${version}`), `${image}: read its sources again`);
    for (const [name, value] of env) {
      const [, field] = /^KAFKA_CLUSTERS_0_(\w+)$/.exec(name) ?? [];
      if (field !== undefined) assert.ok(ofCluster.has(field), `${system.environment}: ${name}`);
      else assert.match(value, others[name]?.[1] ?? /^ /, `${system.environment}: ${name}`);
    }
  }
});

test('it asks the brokers that are there, under one name, and in production it only looks', () => {
  for (const system of systems) {
    const { env } = uiIn(system);
    const [, host, port] = /^([\w-]+):(\d+)$/.exec(env.get('KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS') ?? '') ?? [];
    const service = system.model.services.find(({ name }) => name === host);
    const found = service?.typed.spec?.ports?.find((one) => one.port === Number(port));
    assert.ok(found, `${system.environment}: a Service ${host} with port ${port}`);
    const asked = podContainer(system, workloadOf(system, 'Deployment', 'producer-gateway'), {
      unknownValue: 'known-to-the-cluster',
    }).env.get('KAFKA_BOOTSTRAP_SERVERS');
    assert.is(env.get('KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS'), asked, system.environment);
    assert.ok((env.get('KAFKA_CLUSTERS_0_NAME') ?? '').length > 0);
    assert.is(env.get('KAFKA_CLUSTERS_0_READONLY'), String(system.environment === 'production'));
    assert.is(env.get('DYNAMIC_CONFIG_ENABLED'), 'false');
  }
});

test('its heap leaves room for the rest of a JVM, and its probes are those that Spring Boot answers', () => {
  for (const system of systems) {
    const { env, spec } = uiIn(system);
    const heap = Number(/-Xmx(\d+)m/.exec(env.get('JAVA_OPTS') ?? '')?.[1]);
    assert.ok(heap * 2 <= Number(/^(\d+)Mi$/.exec(String(spec?.resources?.limits?.memory))?.[1]));
    assert.is(spec?.readinessProbe?.httpGet?.path, '/actuator/health/readiness');
    for (const probe of [spec?.startupProbe, spec?.livenessProbe])
      assert.is(probe?.httpGet?.path, '/actuator/health/liveness');
  }
});

test.run();
