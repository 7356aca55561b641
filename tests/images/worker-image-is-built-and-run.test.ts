import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import pg from 'pg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildableImages } from '../../deploy/images/built.ts';
import { localBase } from '../../deploy/images/local-base.ts';
import { pinned } from '../../deploy/images/pin.ts';
import { type PushedImage, pushSteps } from '../../deploy/images/push.ts';
import { execute } from '../../deploy/plan/execute.ts';
import { podContainer } from '../../trial/overlay/container.ts';
import { mapEnv } from '../../trial/overlay/mapping.ts';
import { renderSystem, workloadOf } from '../../trial/overlay/system.ts';
import { freePort } from '../../trial/process/free-port.ts';
import { startPostgres } from '../../trial/services/postgres.ts';
import { openTrial, type Trial } from '../../trial/trial.ts';
import { until } from '../../trial/until.ts';
import { bring } from '../harness/debian-packages.ts';
import { folderWith } from '../harness/folder.ts';

const root = join(import.meta.dirname, '..', '..');
const image = 'docker.io/library/lambda-worker:latest';
const quiet = { begin() {}, say() {}, end() {}, note() {} };

const test = suite<{ container: string; trial: Trial }>('the image of a worker');
// Another machine builds with its own engine, against its own registry: this is the way without either.
const lacking =
  process.platform === 'linux' && process.getuid?.() === 0
    ? await bring({ buildah: 'buildah', mmdebstrap: 'mmdebstrap', 'docker-registry': 'docker-registry' })
    : 'it needs Linux, and to be root';

async function buildah(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await run('buildah', args, { cwd: root, deadline: 120_000 });
  assert.is(status, 0, `buildah ${args.join(' ')}: ${stderr}`);
  return stdout.toString('utf8').trim();
}

function inside(container: string, command: readonly string[], env: ReadonlyMap<string, string> = new Map()) {
  const variables = [...env].flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  return run('buildah', ['run', '--isolation', 'chroot', ...variables, container, '--', ...command], {
    deadline: 60_000,
  });
}

test.before(async (context) => {
  const script = join(root, 'scripts/images.ts');
  const args = [script, 'lambda', '--engine', 'buildah', '--local-base'];
  const built = await run(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    deadline: 900_000,
  });
  assert.is(built.status, 0, built.stderr);
  context.container = await buildah('from', '--pull-never', image);
  const kustomize = process.env.KUSTOMIZE ?? 'kustomize';
  context.trial = await openTrial(await renderSystem(root, kustomize, 'kind', 'lambda'), {
    engine: 'processes',
  });
});

test.after(async ({ container, trial }) => {
  await trial?.close();
  if (container !== undefined) await buildah('rm', container);
});

test('it runs as a plain user, from a root that this user cannot write to, and says which workers it holds', async ({
  container,
}) => {
  const { stdout } = await inside(container, [
    'sh',
    '-c',
    'id -u; find /app /usr /etc -writable -not -type l | head',
  ]);
  assert.is(stdout.toString('utf8').trim(), '1000');
  const config = JSON.parse(await buildah('inspect', '--type', 'image', image)) as {
    OCIv1: { config: { User: string; Cmd: readonly string[]; WorkingDir: string } };
  };
  const { User, Cmd, WorkingDir } = config.OCIv1.config;
  assert.equal([User, WorkingDir, Cmd], ['1000:1000', '/app', ['node', 'apps/workers.ts']]);
  const told = await until(
    async () => {
      const one = await inside(container, Cmd);
      // Where the machine is busy buildah 1.28 sometimes ends before it has passed on what the process wrote.
      return one.stderr.endsWith('\n') ? one : undefined;
    },
    { deadline: 60_000, what: 'all that the image says' },
  );
  assert.is(told.status, 2);
  const there = (await readdir(join(root, 'apps/lambda'))).filter((name) => name.endsWith('.ts'));
  for (const name of there) assert.match(told.stderr, `node apps/lambda/${name}`);
});

test('it holds what a worker needs, and no tool that builds or tests', async ({ container }) => {
  const { stdout } = await inside(container, [
    'sh',
    '-c',
    'ls node_modules apps; command -v npm gcc; find apps -name "*.test.ts"',
  ]);
  const there = stdout.toString('utf8').split('\n');
  for (const name of ['pg', 'pino', 'kit', 'lambda']) assert.ok(there.includes(name), name);
  for (const name of ['typescript', 'uvu', 'zx', 'preempt', '/usr/bin/gcc', '/usr/local/bin/npm']) {
    assert.not.ok(there.includes(name), name);
  }
  assert.not.ok(there.some((line) => line.endsWith('.test.ts')));
});

test("db-setup-job, in it, makes the tables of a database that the manifests' own scripts prepared", async ({
  container,
  trial,
}) => {
  const { port } = await startPostgres(trial, { name: 'lambda-postgres' });
  const job = podContainer(trial.system, workloadOf(trial.system, 'Job', 'db-setup-job'));
  const env = mapEnv(job.env, trial.addresses);
  const first = await inside(container, job.command, env);
  assert.is(first.status, 0, first.stderr);
  assert.is((await inside(container, job.command, env)).status, 0, 'a second time is as good');
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    database: env.get('DB_NAME') ?? '',
    user: env.get('DB_USER') ?? '',
    password: env.get('DB_PASSWORD') ?? '',
  });
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = 'public'",
    );
    assert.ok(rows[0].tables >= 3, `${rows[0].tables} tables`);
  } finally {
    await client.end();
  }
});

test('a second build of the same content builds nothing', async () => {
  const before = await buildah('inspect', '--type', 'image', '--format', '{{.FromImageID}}', image);
  const engine = 'buildah';
  const { arguments: bases } = await localBase(root, engine);
  const { images } = await buildableImages(root, ['lambda'], { bases });
  assert.is(
    await buildah(
      'inspect',
      '--type',
      'image',
      '--format',
      '{{.FromImageID}}',
      `${image.split(':')[0]}:${images[0]?.content}`,
    ),
    before,
  );
});

test('it is pushed to a registry by content, and what is pinned is the digest that the registry gives', async () => {
  await using folder = await folderWith();
  const port = await freePort();
  await folder.write(
    'registry.yml',
    `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${folder.path}/data } }\nhttp: { addr: 127.0.0.1:${port} }\n`,
  );
  const references: string[] = [];
  const registry: ChildProcess = spawn('docker-registry', ['serve', join(folder.path, 'registry.yml')], {
    stdio: 'ignore',
  });
  try {
    const url = `http://127.0.0.1:${port}/v2/`;
    await until(async () => (await fetch(url).catch(() => undefined))?.ok === true, {
      what: 'the registry answers',
      deadline: 20_000,
    });
    await mkdir(join(root, '.cache/images'), { recursive: true });
    const { arguments: bases } = await localBase(root, 'buildah');
    const { images } = await buildableImages(root, ['lambda'], { bases });
    references.push(...images.map(({ name, content }) => `127.0.0.1:${port}/plumbline/${name}:${content}`));
    const pushed: PushedImage[] = [];
    const plan = pushSteps('buildah', `127.0.0.1:${port}/plumbline`, images, (one) => {
      pushed.push(one);
    });
    await execute(plan, { cwd: root, narrator: quiet });
    const [one] = pushed;
    assert.ok(one);
    const answer = await fetch(`${url}plumbline/lambda-worker/manifests/${one.image.content}`, {
      headers: {
        accept:
          'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json',
      },
    });
    assert.is(answer.headers.get('docker-content-digest'), one.digest);
    const text = pinned('images:\n  - name: lambda-worker\n', 'kustomization.yaml', pushed);
    assert.match(text, `digest: ${one.digest}`);
  } finally {
    registry.kill('SIGKILL');
    await run('buildah', ['rmi', ...references], { deadline: 60_000 });
  }
});

if (lacking === undefined) test.run();
else {
  const elsewhere = suite('the image of a worker');
  elsewhere.skip(`not here: ${lacking}`, () => {});
  elsewhere.run();
}
