import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { podContainer } from '../../trial/overlay/container.ts';
import { renderSystem, workloadOf } from '../../trial/overlay/system.ts';
import { freePort } from '../../trial/process/free-port.ts';
import { until } from '../../trial/until.ts';
import { bring } from '../harness/debian-packages.ts';

const root = join(import.meta.dirname, '..', '..');
const image = 'docker.io/library/feastflow-frontend:latest';

const test = suite<{ container: string }>('the image of the shop’s pages');
const lacking =
  process.platform === 'linux' && process.getuid?.() === 0
    ? await bring({ buildah: 'buildah', mmdebstrap: 'mmdebstrap' })
    : 'it needs Linux, and to be root';

async function buildah(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await run('buildah', args, { cwd: root, deadline: 120_000 });
  assert.is(status, 0, `buildah ${args.join(' ')}: ${stderr}`);
  return stdout.toString('utf8').trim();
}

test.before(async (context) => {
  const script = join(root, 'scripts/images.ts');
  const args = [script, 'feastflow-frontend', '--engine', 'buildah', '--local-base'];
  const built = await run(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    deadline: 900_000,
  });
  assert.is(built.status, 0, built.stderr);
  context.container = await buildah('from', '--pull-never', image);
});

test.after(async ({ container }) => {
  if (container !== undefined) await buildah('rm', container);
});

test('it serves as a plain user, by the overlay’s own command and variables, and writes to its cache alone', async ({
  container,
}) => {
  const kustomize = process.env.KUSTOMIZE ?? 'kustomize';
  const system = await renderSystem(root, kustomize, 'kind', 'feastflow');
  const { env, command } = podContainer(system, workloadOf(system, 'Deployment', 'feastflow-frontend'));
  const port = await freePort();
  const own = { PORT: String(port), HOSTNAME: '127.0.0.1', BACKEND_URL: 'http://127.0.0.1:9' };
  const variables = Object.entries({ ...Object.fromEntries(env), ...own });
  const inside = (words: readonly string[]) => [
    ...['run', '--isolation', 'chroot'],
    ...variables.flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...[container, '--', ...words],
  ];
  const looked = await buildah(
    ...inside([
      'sh',
      '-c',
      'id -u; find /app -writable -not -type l; ls node_modules; command -v npm || true',
    ]),
  );
  const [user, cache, ...modules] = looked.split('\n');
  assert.equal([user, cache], ['1000', '/app/.next/cache']);
  assert.ok(modules.includes('next'));
  for (const name of ['sharp', 'typescript', '/usr/local/bin/npm'])
    assert.not.ok(modules.includes(name), name);
  const server = spawn('buildah', inside(command), { stdio: 'ignore' });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    const url = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(`${url}/readyz`)).ok, { deadline: 60_000, what: 'the page server' });
    const page = await fetch(url);
    assert.is(page.status, 503);
    assert.match(await page.text(), /We cannot reach the shop/);
    assert.is((await fetch(`${url}/cart`)).status, 200);
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
});

if (lacking === undefined) test.run();
else {
  const elsewhere = suite('the image of the shop’s pages');
  elsewhere.skip(`not here: ${lacking}`, () => {});
  elsewhere.run();
}
