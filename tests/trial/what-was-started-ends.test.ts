import { spawn } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { start } from '../../trial/process/start.ts';
import { until } from '../../trial/until.ts';
import { folderWith } from '../harness/folder.ts';

const isAlive = async (pid: number) => {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // A process that ended stays as a zombie until its parent, whoever that is now, has looked.
  return status !== '' && !/\) [ZX] /.test(status);
};

test('the processes and the folder of a trial end with the process that began it, however that ends', async () => {
  if (process.platform !== 'linux') return;
  await using folder = await folderWith();
  const fixture = join(import.meta.dirname, 'fixtures', 'begins-and-waits.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', fixture, folder.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  const { pid, kept } = await until(() => (printed.includes('\n') ? JSON.parse(printed) : undefined), {
    deadline: 30_000,
    what: 'the ids',
  });
  assert.ok(await isAlive(pid));
  child.kill('SIGKILL');
  await until(async () => !(await isAlive(pid)), { deadline: 30_000, what: 'the end of the process' });
  const isGone = () =>
    access(kept).then(
      () => false,
      () => true,
    );
  await until(isGone, { deadline: 30_000, what: 'the end of the folder' });
});

test('a process that ignores SIGTERM is ended when its grace is over', async () => {
  await using folder = await folderWith();
  const deaf = start({
    name: 'deaf',
    command: ['sh', '-c', "trap '' TERM; echo ready; while :; do sleep 1; done"],
    env: { PATH: process.env.PATH ?? '' },
    cwd: folder.path,
    logFile: join(folder.path, 'log'),
  });
  await until(() => deaf.log().includes('ready'), { deadline: 10_000, what: 'its first word' });
  assert.equal(await deaf.stop(50), { status: null, signal: 'SIGKILL' });
});

test('what a process started ends with it, even if it is killed', async () => {
  await using folder = await folderWith();
  const parent = start({
    name: 'parent',
    command: ['sh', '-c', 'sleep 600 & echo $!; wait'],
    env: { PATH: process.env.PATH ?? '' },
    cwd: folder.path,
    logFile: join(folder.path, 'log'),
  });
  await until(() => parent.log().includes('\n'), { deadline: 10_000, what: "the child's id" });
  const child = Number(parent.log());
  parent.signal('SIGKILL');
  assert.is((await parent.ended).signal, 'SIGKILL');
  if (process.platform === 'linux') assert.not.ok(await isAlive(child));
});

test('a command that is not there ends with a message, and nothing of the environment is passed on', async () => {
  await using folder = await folderWith();
  const options = { env: { PATH: process.env.PATH ?? '' }, cwd: folder.path };
  const missing = start({
    ...options,
    name: 'x',
    command: ['no-such-command'],
    logFile: join(folder.path, 'a'),
  });
  assert.is((await missing.ended).status, 127);
  assert.match(missing.log(), /did not start/);
  process.env.PLUMBLINE_SECRET = 'x';
  const env = start({ ...options, name: 'env', command: ['env'], logFile: join(folder.path, 'b') });
  assert.is((await env.ended).status, 0);
  assert.not.match(env.log(), /PLUMBLINE_SECRET/);
});

test.run();
