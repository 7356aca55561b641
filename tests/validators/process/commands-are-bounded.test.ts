import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from '../../../validators/process/run.ts';
import { folderWith } from '../../harness/folder.ts';

const node = process.execPath;
const deadline = 60_000;

async function rejection(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => assert.unreachable('it succeeded') as never,
    (error: Error) => error,
  );
}

test('a command that fails is a result, with all that it printed', async () => {
  const script = 'process.stdout.write("out"); process.stderr.write("err"); process.exitCode = 3';
  const finished = await run(node, ['-e', script], { deadline });
  assert.is(finished.status, 3);
  assert.is(finished.stdout.toString(), 'out');
  assert.is(finished.stderr, 'err');
});

test('a command gets its input, its folder, and the environment with what is added and taken away', async () => {
  const script = `
    process.stdin.setEncoding('utf8').on('data', (text) => console.log(text));
    console.log(process.cwd(), process.env.ADDED, process.env.HOME, 'PATH' in process.env);`;
  const env = { ADDED: 'yes', HOME: undefined };
  const finished = await run(node, ['-e', script], { cwd: '/', env, stdin: 'input', deadline });
  assert.equal(finished.stdout.toString().split('\n').filter(Boolean).sort(), [
    '/ yes undefined true',
    'input',
  ]);
});

test('a command need not read what it is given', async () => {
  const finished = await run(node, ['-e', ''], { stdin: Buffer.alloc(5_000_000), deadline });
  assert.is(finished.status, 0);
});

test('output of megabytes comes whole, and a letter of several bytes is not torn', async () => {
  const script = 'process.stdout.write("x".repeat(3_000_000)); process.stderr.write("ä".repeat(200_001))';
  const finished = await run(node, ['-e', script], { deadline });
  assert.is(finished.stdout.length, 3_000_000);
  assert.is(finished.stderr, 'ä'.repeat(200_001));
});

test('a command that is not there says so by its name', async () => {
  const error = await rejection(run('no-such-command', [], { deadline }));
  assert.match(error.message, /^no-such-command did not start: .*ENOENT/);
  assert.is((error.cause as NodeJS.ErrnoException).code, 'ENOENT');
});

test('a command that is ended by a signal says which', async () => {
  const error = await rejection(run(node, ['-e', 'process.kill(process.pid, "SIGTERM")'], { deadline }));
  assert.match(error.message, /was ended by SIGTERM$/);
});

test('a command that passes its deadline is stopped', async () => {
  const error = await rejection(run(node, ['-e', 'setInterval(() => {}, 1000)'], { deadline: 100 }));
  assert.match(error.message, /took longer than 0.1 s and was stopped$/);
});

test('a deadline holds though a child of the command keeps its output open', async () => {
  await using folder = await folderWith();
  const ended = join(folder.path, 'ended');
  const child = `setTimeout(() => require('node:fs').writeFileSync(${JSON.stringify(ended)}, ''), 20000)`;
  const script = `
    const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit', detached: true });
    require('node:fs').writeFileSync(${JSON.stringify(join(folder.path, 'pid'))}, String(child.pid));
    setInterval(() => {}, 1000);`;
  const error = await rejection(run(node, ['-e', script], { deadline: 3_000 }));
  assert.match(error.message, /took longer than 3 s/);
  await access(ended).then(
    () => assert.unreachable('it waited for the end of the child of the command'),
    async () => process.kill(Number(await folder.read('pid')), 'SIGKILL'),
  );
});

test.run();
