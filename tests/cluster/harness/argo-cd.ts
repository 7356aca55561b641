import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '@plumbline/validators';
import { insideCluster, seldomCollecting } from '../../../cluster/index.ts';
import { bring } from '../../harness/debian-packages.ts';
import { installCustomResources } from './custom-resources.ts';
import { list } from './list.ts';
import { root, type TestCluster } from './test-cluster.ts';
import { until } from './until.ts';

/** Argo CD's controllers beside a test's cluster, and the repository that they sync from. */
export interface ArgoCd {
  /** Has it look at everything again, as a webhook does. */
  readonly refresh: () => Promise<void>;
  readonly repository: Repository;
  /** Pushes a commit, and says so as a webhook does: nobody waits until Argo CD looks by itself. @returns the commit */
  readonly commit: (message: string) => Promise<string>;
  /** An Application by its name. */
  readonly application: (name: string) => Promise<Application>;
}

/** A repository that Argo CD reads, and a clone of it to work in. */
export interface Repository {
  readonly url: string;
  /** The clone, absolute. */
  readonly folder: string;
  /** Commits what was changed in the clone, and pushes it. @returns the commit */
  readonly push: (message: string) => Promise<string>;
}

export interface Application {
  readonly status?: {
    readonly sync?: { readonly status: string; readonly revision?: string };
    readonly health?: { readonly status: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly operationState?: {
      readonly phase: string;
      readonly message?: string;
      readonly syncResult?: {
        readonly revision?: string;
        readonly resources?: readonly { readonly message?: string; readonly kind: string }[];
      };
    };
  };
}

const namespace = 'argocd';

/** Starts Redis and Argo CD's three controllers among the cluster's own programs, with which they end. */
export async function startArgoCd(cluster: TestCluster): Promise<ArgoCd> {
  const missing = await bring({ 'redis-server': 'redis-server', curl: 'curl', git: 'git' });
  if (missing !== undefined) throw new Error(missing);
  const folder = join(cluster.state, 'argo-cd');
  await mkdir(folder, { recursive: true });
  const repository = await makeRepository(folder);
  await installCustomResources(cluster, ['argoproj.io']);
  await cluster.kubectl(['create', 'namespace', namespace]);
  await cluster.kubectl(['apply', '--filename=-'], { stdin: list(settings) });
  await startPrograms(cluster, folder, cluster.binaries['argo-cd'] ?? 'argo-cd');
  const annotation = 'argocd.argoproj.io/refresh=normal';
  const refresh = async () => {
    await cluster.kubectl([
      ...['annotate', 'applications', '--all', '--namespace', namespace],
      ...[annotation, '--overwrite'],
    ]);
  };
  return {
    repository,
    refresh,
    async commit(message) {
      const commit = await repository.push(message);
      await refresh();
      return commit;
    },
    application: async (name) =>
      JSON.parse(
        await cluster.kubectl(['get', 'application', name, '--namespace', namespace, '--output=json']),
      ) as Application,
  };
}

const partOf = { 'app.kubernetes.io/part-of': 'argocd' };

/** What an installation of Argo CD is told not to watch: what the control plane writes all the time. */
const exclusions = [
  { apiGroups: ['', 'discovery.k8s.io'], kinds: ['Endpoints', 'EndpointSlice'], clusters: ['*'] },
  { apiGroups: ['coordination.k8s.io'], kinds: ['Lease'], clusters: ['*'] },
];

/** What the controllers read: looks at everything every half minute, and the cluster, which is a laptop's kind. */
const settings = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'argocd-cm', namespace, labels: partOf },
    data: {
      'timeout.reconciliation': '30s',
      'timeout.reconciliation.jitter': '0s',
      'resource.exclusions': JSON.stringify(exclusions),
    },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-rbac-cm', namespace, labels: partOf } },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'argocd-secret', namespace, labels: partOf },
    stringData: { 'server.secretkey': 'of a test alone' },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'in-cluster',
      namespace,
      labels: { 'argocd.argoproj.io/secret-type': 'cluster', 'plumbline.dev/environment': 'kind' },
    },
    stringData: {
      name: 'in-cluster',
      server: 'https://kubernetes.default.svc',
      config: '{"tlsClientConfig":{"insecure":false}}',
    },
  },
];

async function startPrograms(cluster: TestCluster, folder: string, program: string): Promise<void> {
  const at = (...parts: string[]) => join(folder, ...parts);
  for (const name of ['home', 'tmp', 'tls', 'ssh', 'plugins', 'gpg/keys', 'gpg/source']) {
    await mkdir(at(name), { recursive: true, mode: 0o700 });
  }
  await writeFile(at('ssh', 'ssh_known_hosts'), '');
  // The same as the admin's inside the cluster, but for the namespace, which Argo CD takes its own from.
  const [shell, ...rest] = insideCluster(cluster.state, ['cat', '/run/plumbline/kubeconfigs/admin']);
  const admin = JSON.parse((await run(shell, rest, { deadline: 30_000 })).stdout.toString('utf8')) as {
    contexts: { context: Record<string, string> }[];
  };
  for (const { context } of admin.contexts) context.namespace = namespace;
  await writeFile(at('kubeconfig'), JSON.stringify(admin), { mode: 0o600 });
  const environment = {
    ...seldomCollecting,
    KUBECONFIG: at('kubeconfig'),
    PATH: `${dirname(process.env.KUSTOMIZE ?? '/usr/local/bin/kustomize')}:/usr/bin:/bin`,
    HOME: at('home'),
    TMPDIR: at('tmp'),
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_GNUPGHOME: at('gpg', 'keys'),
    ARGOCD_GPG_DATA_PATH: at('gpg', 'source'),
    ARGOCD_TLS_DATA_PATH: at('tls'),
    ARGOCD_SSH_DATA_PATH: at('ssh'),
    ARGOCD_PLUGINSOCKFILEPATH: at('plugins'),
  };
  const start = (name: string, ...argv: string[]) => {
    const log = openSync(at(`${name}.log`), 'a');
    const variables = Object.entries(environment).map(([key, value]) => `${key}=${value}`);
    const [command, ...args] = insideCluster(cluster.state, ['env', ...variables, ...argv]);
    spawn(command, args, { stdio: ['ignore', log, log] }).unref();
  };
  start('redis', 'redis-server', '--port', '6379', '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no');
  const redis = '--redis=127.0.0.1:6379';
  start(
    'repo-server',
    ...[program, 'repo-server', '--port=8085', '--address=127.0.0.1', '--metrics-address=127.0.0.1'],
    ...[redis, '--disable-tls', '--revision-cache-expiration=1s'],
  );
  start(
    'application-controller',
    ...[program, 'application-controller', `--namespace=${namespace}`, redis, '--repo-server=127.0.0.1:8085'],
    ...[
      '--repo-server-plaintext',
      '--app-resync=30',
      '--app-resync-jitter=0',
      '--self-heal-timeout-seconds=1',
      // It is silent for three minutes about a repository that it cannot render.
      '--repo-error-grace-period-seconds=1',
    ],
  );
  start(
    'applicationset-controller',
    ...[
      program,
      'applicationset-controller',
      `--namespace=${namespace}`,
      '--argocd-repo-server=127.0.0.1:8085',
    ],
    ...['--repo-server-plaintext', '--metrics-addr=127.0.0.1:12345', '--probe-addr=127.0.0.1:12346'],
  );
  const [curl, ...args] = insideCluster(cluster.state, ['curl', '-sf', 'http://127.0.0.1:8082/healthz']);
  await until('Argo CD is healthy', async () => {
    const { status } = await run(curl, args, { deadline: 10_000 });
    if (status !== 0) {
      const log = await readFile(at('application-controller.log'), 'utf8').catch(() => '');
      throw new Error(log.split('\n').slice(-5).join('\n'));
    }
  });
}

async function git(folder: string, ...args: string[]): Promise<string> {
  const author = ['-c', 'user.name=a test', '-c', 'user.email=test@example.com'];
  const done = await run('git', ['-C', folder, ...author, ...args], { deadline: 60_000 });
  if (done.status !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr}`);
  return done.stdout.toString('utf8').trim();
}

/** A repository with this one's last commit as the head of `main`. */
async function makeRepository(folder: string): Promise<Repository> {
  const [bare, work] = [join(folder, 'repository.git'), join(folder, 'work')];
  await git(root, 'clone', '--quiet', '--bare', '--no-hardlinks', root, bare);
  await git(bare, 'update-ref', 'refs/heads/main', await git(root, 'rev-parse', 'HEAD'));
  await git(bare, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  await git(folder, 'clone', '--quiet', '--branch', 'main', bare, work);
  return pushed(bare, work);
}

/** A repository without a commit, beside Argo CD's own. @param folder absolute; it is made */
export async function emptyRepository(folder: string): Promise<Repository> {
  const [bare, work] = [join(folder, 'repository.git'), join(folder, 'work')];
  await mkdir(folder, { recursive: true });
  await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', bare);
  await git(folder, 'clone', '--quiet', bare, work);
  return pushed(bare, work);
}

function pushed(bare: string, work: string): Repository {
  return {
    url: `file://${bare}`,
    folder: work,
    async push(message) {
      await git(work, 'add', '--all');
      await git(work, 'commit', '--quiet', '--no-verify', '--message', message);
      await git(work, 'push', '--quiet', '--no-verify', 'origin', 'HEAD:main');
      return git(work, 'rev-parse', 'HEAD');
    },
  };
}
