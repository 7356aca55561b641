import { chmod, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { podContainer } from '../../trial/overlay/container.ts';
import { renderSystem, workloadOf } from '../../trial/overlay/system.ts';
import { runContainer } from '../../trial/run-container.ts';
import { startKafka } from '../../trial/services/kafka.ts';
import { openTrial, pickEngine } from '../../trial/trial.ts';
import { until } from '../../trial/until.ts';
import { folderWith } from '../harness/folder.ts';
import { root } from '../house/repository.ts';

const kustomize = process.env.KUSTOMIZE ?? 'kustomize';
const system = await renderSystem(root, kustomize, 'kind', 'lambda');
const path = process.env.PATH;

/** A docker that writes down how it was called: `run` goes on until it is ended, all else succeeds at once. */
const fake = `#!/bin/sh
printf '%s\\n' "$*" >> "$(dirname "$0")/calls"
case $1 in run) exec sleep 600 ;; esac
`;

async function withFakeDocker(work: (calls: () => Promise<string[]>) => Promise<void>): Promise<void> {
  await using folder = await folderWith({ 'bin/docker': fake });
  await chmod(join(folder.path, 'bin/docker'), 0o755);
  process.env.PATH = `${join(folder.path, 'bin')}:${path}`;
  try {
    await work(async () => {
      const text = await readFile(join(folder.path, 'bin/calls'), 'utf8').catch(() => '');
      return text.split('\n').filter((line) => line !== '');
    });
  } finally {
    process.env.PATH = path;
  }
}

test('docker is taken where its engine answers, and left when somebody says so', async () => {
  await withFakeDocker(async () => {
    assert.is(await pickEngine(), 'docker');
    process.env.PLUMBLINE_ENGINE = 'processes';
    try {
      assert.is(await pickEngine(), 'processes');
    } finally {
      delete process.env.PLUMBLINE_ENGINE;
    }
  });
});

test('a container runs the image, the command, the user, the variables and the files of its manifest', async () => {
  await withFakeDocker(async (calls) => {
    const trial = await openTrial(system, { engine: 'docker' });
    try {
      trial.addresses.set('zookeeper:2181', '127.0.0.1:4321');
      const kafka = podContainer(system, workloadOf(system, 'StatefulSet', 'kafka'));
      const running = await runContainer(trial, kafka);
      const [call = ''] = await until(async () => ((await calls()).length > 0 ? calls() : undefined), {
        deadline: 10_000,
        what: 'a call of docker',
      });
      for (const part of [
        'run --rm --name plumbline-',
        '--network=host --user=1000:1000 --read-only',
        ':/etc/broker:ro',
        ':/var/lib/kafka/data ',
        '--env=BROKER_HEAP=384m',
        '--env=REPLICATION_FACTOR=1',
        '--entrypoint=env apache/kafka:3.9.1 KAFKA_HEAP_OPTS=-Xms384m -Xmx384m',
        'kafka-server-start.sh /etc/broker/server.properties --override auto.create.topics.enable=false',
      ]) {
        assert.ok(call.includes(part), `${part}\nnot in\n${call}`);
      }
      const properties = await readFile(
        join(trial.folder, 'kafka-0', '_etc_broker', 'server.properties'),
        'utf8',
      );
      assert.match(properties, /^zookeeper\.connect=127\.0\.0\.1:4321\/kafka$/m);
      // Inside a container its own paths hold.
      assert.match(properties, /^log\.dirs=\/var\/lib\/kafka\/data\/topics$/m);
      await running.exec(['pg_isready'], { PGPORT: '1' });
      assert.match((await calls()).at(-1) ?? '', /^exec --env=PGPORT=1 plumbline-\S+ pg_isready$/);
      running.signal('SIGKILL');
      await until(
        async () => (await calls()).some((line) => line.startsWith('kill --signal=SIGKILL plumbline-')),
        {
          deadline: 10_000,
          what: 'docker kill',
        },
      );
    } finally {
      await trial.close();
    }
  });
});

test('broker and ZooKeeper get ports of their own on loopback', async () => {
  await withFakeDocker(async (calls) => {
    const trial = await openTrial(system, { engine: 'docker' });
    const servers: ReturnType<typeof createServer>[] = [];
    try {
      const starting = startKafka(trial);
      // Nothing listens in a fake container: what the provider waits for is opened here.
      const open = async (port: number) => {
        const server = createServer();
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      };
      const zookeeper = await until(() => trial.addresses.get('zookeeper:2181'), {
        deadline: 10_000,
        what: 'its port',
      });
      await open(Number(zookeeper.split(':')[1]));
      const broker = await until(() => trial.addresses.get('kafka-service:9092'), {
        deadline: 10_000,
        what: 'its port',
      });
      await open(Number(broker.split(':')[1]));
      const kafka = await starting;
      assert.is(kafka.address, broker);
      // The port was ours at once: docker's own call may still be on its way.
      const callOf = (image: string) =>
        until(async () => (await calls()).find((line) => line.includes(image)), {
          deadline: 10_000,
          what: `docker run of ${image}`,
        });
      await callOf('zookeeper:3.8.4');
      const second = await callOf('apache/kafka:3.9.1');
      assert.ok(second.includes(`--env=LISTENERS=INTERNAL://${broker},LOCAL://[::ffff:127.0.0.1]:`));
      assert.ok(second.includes(`--env=ADVERTISED_LISTENERS=INTERNAL://${broker},LOCAL://${broker}`));
      const configuration = await readFile(join(trial.folder, 'zookeeper-0', '_conf_zoo.cfg'), 'utf8');
      assert.match(configuration, new RegExp(`^clientPort=${zookeeper.split(':')[1]}$`, 'm'));
      assert.match(configuration, /^metricsProvider\.className=/m);
    } finally {
      for (const server of servers) server.close();
      await trial.close();
    }
  });
});

test.run();
