import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { backupLabel, nameOf, pruneVolumes, snapshotVolumes } from '../../../apps/kit/backup/index.ts';
import { createLog } from '../../../apps/kit/index.ts';
import { suite } from '../../harness/suite.ts';

const test = suite('snapshots of volumes');

interface Snapshot {
  metadata: { name: string; labels: Record<string, string>; annotations: Record<string, string> };
  spec?: object;
  status?: { readyToUse?: boolean; creationTime?: string; error?: { message: string } };
}

const paths = {
  lease: '/apis/coordination.k8s.io/v1/namespaces/streaming/leases/kafka-reassignment',
  claims: '/api/v1/namespaces/streaming/persistentvolumeclaims',
  snapshots: '/apis/snapshot.storage.k8s.io/v1/namespaces/streaming/volumesnapshots',
};
const hour = 3_600_000;

/**
 * Stands for an API server with a CSI driver, which cuts a volume after the second look at it, and has it ready a look later. No
 * real driver can be had on a bare machine.
 */
async function withServer(
  work: (server: {
    readonly config: Parameters<typeof snapshotVolumes>[0];
    readonly requests: string[];
    readonly snapshots: Map<string, Snapshot>;
    failing?: string;
    held?: number;
  }) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'volumes-'));
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, 'of-the-account\n');
  const requests: string[] = [];
  const snapshots = new Map<string, Snapshot>();
  const state: { failing?: string; held?: number } = {};
  const labels: Readonly<Record<string, readonly string[]>> = {
    kafka: ['kafka-pvc-kafka-0', 'kafka-pvc-kafka-1'],
    zookeeper: ['zookeeper-pvc-zookeeper-0'],
  };
  const listing = (selector: string) => {
    const [key = '', value] = selector.split('=');
    const items = [...snapshots.values()].filter(({ metadata }) =>
      value === undefined ? key in metadata.labels : metadata.labels[key] === value,
    );
    const answer = JSON.stringify({ items });
    for (const one of items) {
      if (one.metadata.name.startsWith(state.failing ?? '-'))
        one.status ??= { readyToUse: false, error: { message: 'no room' } };
      else if (one.status === undefined) one.status = {};
      else if (one.status.creationTime === undefined)
        one.status = { creationTime: new Date().toISOString(), readyToUse: false };
      else one.status = { ...one.status, readyToUse: true };
    }
    return answer;
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://here');
    const selector = url.searchParams.get('labelSelector') ?? '';
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const say = (status: number, text: string) => response.writeHead(status).end(text);
      if (request.headers.authorization !== 'Bearer of-the-account') return say(401, '{}');
      const name = url.pathname.slice(paths.snapshots.length + 1);
      if (request.method === 'GET' && url.pathname === paths.claims) {
        const [, app = ''] = selector.split('=');
        const items = (labels[app] ?? []).map((claim) => ({
          metadata: { name: claim, labels: { 'app.kubernetes.io/name': app } },
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: 'ssd',
            resources: { requests: { storage: '1Gi' } },
            volumeName: 'pv',
          },
        }));
        return say(200, JSON.stringify({ items }));
      }
      if (request.method === 'GET' && url.pathname === paths.snapshots) return say(200, listing(selector));
      if (request.method === 'GET' && url.pathname === paths.lease) return say(state.held ?? 404, '{}');
      if (request.method === 'POST' && url.pathname === paths.snapshots) {
        const made = JSON.parse(Buffer.concat(chunks).toString()) as Snapshot;
        const before = [...snapshots.values()].filter(({ status }) => status?.creationTime === undefined);
        requests.push(`create ${made.metadata.name} beside ${before.length}`);
        snapshots.set(made.metadata.name, made);
        return say(201, JSON.stringify(made));
      }
      if (request.method === 'DELETE' && snapshots.delete(name)) {
        requests.push(`delete ${name}`);
        return say(200, '{}');
      }
      return say(404, '{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const config = {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokenFile,
    namespace: 'streaming',
    claims: ['app.kubernetes.io/name=kafka', 'app.kubernetes.io/name=zookeeper'],
    snapshotClass: '',
    heldBy: '',
    readySeconds: 30,
    log: createLog('test', 'fatal'),
    signal: new AbortController().signal,
  };
  try {
    await work(Object.assign(state, { config, requests, snapshots }));
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  }
}

const refused = (work: Promise<unknown>, how: RegExp) =>
  work.then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, how),
  );

test("every claim has its own, ready to use; the ensemble's only once the brokers' are cut", () =>
  withServer(async ({ config, requests, snapshots }) => {
    const { name, claims, from, to } = await snapshotVolumes(config);
    assert.equal(
      requests.map((one) => one.replace(`-${name}`, '')),
      [
        'create kafka-pvc-kafka-0 beside 0',
        'create kafka-pvc-kafka-1 beside 1',
        'create zookeeper-pvc-zookeeper-0 beside 0',
      ],
    );
    assert.is(claims.length, 3);
    assert.ok(from <= to && from !== '');
    const [one] = snapshots.values();
    assert.equal(one?.spec, { source: { persistentVolumeClaimName: 'kafka-pvc-kafka-0' } });
    assert.equal(one?.metadata.labels, { 'app.kubernetes.io/name': 'kafka', [backupLabel]: name });
    assert.equal(JSON.parse(one?.metadata.annotations['plumbline.dev/claim'] ?? ''), {
      labels: { 'app.kubernetes.io/name': 'kafka' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'ssd',
        resources: { requests: { storage: '1Gi' } },
      },
    });
    assert.ok([...snapshots.values()].every(({ status }) => status?.readyToUse === true));
  }));

test('a driver that fails is told, with its words', () =>
  withServer(async (server) => {
    server.failing = 'kafka-pvc-kafka-1';
    await refused(
      snapshotVolumes({ ...server.config, readySeconds: 3 }),
      /kafka-pvc-kafka-1-\S+ *; kafka-pvc-kafka-1-\S+: no room/,
    );
  }));

test('while data moves between the volumes none is cut, nor where nobody can say whether it does', () =>
  withServer(async (server) => {
    const config = { ...server.config, heldBy: 'kafka-reassignment' };
    server.held = 200;
    await refused(snapshotVolumes(config), /Lease kafka-reassignment is in streaming: data moves/);
    server.held = 403;
    await refused(snapshotVolumes(config), /leases\/kafka-reassignment: the API server answered 403/);
    assert.equal(server.requests, []);
    server.held = 404;
    assert.is((await snapshotVolumes(config)).claims.length, 3);
  }));

test('a label that no claim has is no backup of nothing', () =>
  withServer(async ({ config, requests }) => {
    await refused(
      snapshotVolumes({ ...config, claims: [...config.claims, 'app.kubernetes.io/name=none'] }),
      /no claim .* has the label/,
    );
    assert.equal(requests, []);
  }));

test('whoever the server does not know is told so', () =>
  withServer(async ({ config }) => {
    await writeFile(config.tokenFile, 'of-another');
    await refused(snapshotVolumes(config), /the API server answered 401/);
  }));

test('the sets beyond those that are kept go, whole; half of one counts as none', () =>
  withServer(async ({ config, requests, snapshots }) => {
    const now = new Date();
    const set = (hoursAgo: number, held: number, readyToUse = true) => {
      const name = nameOf(new Date(now.getTime() - hoursAgo * hour));
      for (const index of Array.from({ length: held }).keys()) {
        const metadata = {
          name: `${index}-${name}`,
          labels: { [backupLabel]: name },
          annotations: { 'plumbline.dev/claims': '2' },
        };
        snapshots.set(metadata.name, { metadata, status: { readyToUse, creationTime: now.toISOString() } });
      }
      return name;
    };
    const [half, unready, kept, old] = [set(8, 1), set(7, 2, false), set(30, 2), set(60, 2)];
    const others = { name: 'of-a-person', labels: {}, annotations: {} };
    snapshots.set(others.name, { metadata: others });
    assert.equal((await pruneVolumes(config, { days: 1 }, now)).sort(), [old, half, unready].sort());
    assert.is(requests.length, 5);
    assert.equal([...snapshots.keys()].sort(), [`0-${kept}`, `1-${kept}`, 'of-a-person']);
  }));

test.run();
