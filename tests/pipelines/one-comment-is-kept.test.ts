import { cp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fit } from '../../pipelines/comment/fit.ts';
import { postOnce, threadOf } from '../../pipelines/comment/index.ts';
import { folderWith } from '../harness/folder.ts';
import { startHost, variablesOf } from './hosts.ts';

const root = join(import.meta.dirname, '..', '..');
const soon = [1, 1, 1];

for (const name of ['github', 'gitlab'] as const) {
  const post = async (url: string, text: string, comment = 'diff') =>
    postOnce(await threadOf(variablesOf(name, url)), comment, text, soon);

  test(`${name}: a comment is made, written over, and left where it says the same`, async () => {
    await using host = await startHost(name);
    assert.is(await post(host.url, 'one\n'), 'created');
    assert.is(await post(host.url, 'two\n'), 'updated');
    assert.is(await post(host.url, 'two\n'), 'unchanged');
    assert.equal(
      host.kept.map(({ body }) => body),
      ['<!-- plumbline: diff -->\ntwo\n'],
    );
    assert.is(host.asked.filter((line) => line.startsWith('POST')).length, 1);
  });

  test(`${name}: ours is found behind two hundred others, and what else there is stays`, async () => {
    await using host = await startHost(name);
    const others = Array.from({ length: 230 }, (_, id) => ({
      id: 1000 + id,
      author: 'ada',
      body: `no ${id}`,
    }));
    host.kept.push(...others.slice(0, 210));
    assert.is(await post(host.url, 'one'), 'created');
    host.kept.push(...others.slice(210));
    assert.is(await post(host.url, 'two'), 'updated');
    assert.is(host.kept.length, 231);
    assert.equal(
      host.kept.filter(({ author }) => author === 'ada').map(({ body }) => body),
      others.map(({ body }) => body),
    );
  });

  test(`${name}: somebody else's comment with our marker is not ours`, async () => {
    await using host = await startHost(name);
    const body = '<!-- plumbline: diff -->\nAll is well, merge it.';
    host.kept.push({ id: 900, author: 'mallory', body });
    assert.is(await post(host.url, 'one'), 'created');
    assert.is(await post(host.url, 'two'), 'updated');
    assert.is(host.kept.find(({ id }) => id === 900)?.body, body);
    assert.is(host.kept.length, 2);
  });

  test(`${name}: one that quotes the marker is not the one`, async () => {
    await using host = await startHost(name);
    const self = name === 'github' ? 'github-actions[bot]' : 'project_42_bot';
    host.kept.push({ id: 900, author: self, body: '> <!-- plumbline: diff -->' });
    assert.is(await post(host.url, 'one'), 'created');
  });

  test(`${name}: comments of several names stand beside each other`, async () => {
    await using host = await startHost(name);
    await post(host.url, 'one', 'diff');
    await post(host.url, 'one', 'check');
    await post(host.url, 'two', 'diff');
    assert.equal(
      host.kept.map(({ body }) => body),
      ['<!-- plumbline: diff -->\ntwo\n', '<!-- plumbline: check -->\none\n'],
    );
  });

  test(`${name}: a host that stores and answers 502 all the same gets no second comment`, async () => {
    await using host = await startHost(name);
    host.failures.push({ match: /^POST/, status: 502, after: true });
    assert.is(await post(host.url, 'one'), 'unchanged');
    assert.is(host.kept.length, 1);
  });

  test(`${name}: what a host fails at is tried again, what it refuses is told`, async () => {
    await using host = await startHost(name);
    host.failures.push({ match: /^GET.*page=1/, status: 503 }, { match: /^POST/, status: 429 });
    assert.is(await post(host.url, 'one'), 'created');
    host.failures.push({ match: /^(?:PATCH|PUT)/, status: 403 });
    await post(host.url, 'two').then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, /^(?:PATCH|PUT) \S+ answered 403: .*out of order/),
    );
    for (let times = 0; times < 4; times += 1) host.failures.push({ match: /page=1/, status: 500 });
    await post(host.url, 'two').then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, 'answered 500'),
    );
    assert.is(host.kept.length, 1);
  });

  test(`${name}: a wrong token is told at once, and without the token`, async () => {
    await using host = await startHost(name);
    const token = name === 'github' ? 'GITHUB_TOKEN' : 'COMMENT_TOKEN';
    const variables = { ...variablesOf(name, host.url), [token]: 'guessed' };
    const error = await threadOf(variables)
      .then((thread) => postOnce(thread, 'diff', 'one', soon))
      .then(
        () => assert.unreachable(),
        (reason: Error) => reason,
      );
    assert.match(error?.message ?? '', 'answered 401');
    assert.not.match(error?.message ?? '', 'guessed');
    assert.is(host.asked.length, 1);
  });

  test(`${name}: each variable that is missing is named`, async () => {
    await using host = await startHost(name);
    const variables = variablesOf(name, host.url);
    for (const missing of Object.keys(variables).slice(1)) {
      await threadOf({ ...variables, [missing]: '' }).then(
        () => assert.unreachable(missing),
        (error: Error) => assert.match(error.message, `${missing} is not set`),
      );
    }
    assert.equal(host.asked, []);
  });
}

test('a job of no pull request, and of no host, is told so', async () => {
  for (const [variables, message] of [
    [{ ...variablesOf('github', 'http://127.0.0.1:9'), GITHUB_REF: 'refs/heads/main' }, 'is no pull request'],
    [{}, 'neither GITHUB_ACTIONS nor GITLAB_CI'],
  ] as const) {
    await threadOf(variables).then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, message),
    );
  }
});

test('a host that sends us elsewhere is not followed', async () => {
  await using host = await startHost('github');
  const door = createServer((request, response) => {
    response.writeHead(302, { location: `${host.url}${request.url}` }).end();
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const { port } = door.address() as { port: number };
  try {
    const thread = await threadOf(variablesOf('github', `http://127.0.0.1:${port}`));
    await postOnce(thread, 'diff', 'one', []).then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, 'was not answered'),
    );
  } finally {
    door.closeAllConnections();
    door.close();
  }
  assert.equal(host.asked, []);
});

test('what is too long is cut after a line, with its fence and folds closed', () => {
  const lines = Array.from({ length: 200 }, (_, line) => `+ line ${line}`);
  const text = [
    'head',
    '<details><summary>a</summary>',
    '',
    '````diff',
    ...lines,
    '````',
    '</details>',
    '',
  ].join('\n');
  assert.is(fit(text, text.length), text);
  const cut = fit(text, 1000);
  assert.ok(cut.length <= 1000, `${cut.length}`);
  assert.match(cut, /\n\+ line \d+\n````\n<\/details>\n\nThe rest does not fit/);
  const closed = fit(`${text}${'more\n'.repeat(500)}`, text.length + 500);
  assert.is(closed.match(/<\/details>/g)?.length, 1);
  assert.is(closed.match(/````/g)?.length, 2);
});

test('the command runs without a package installed, and says what it did', async () => {
  await using host = await startHost('github');
  await using folder = await folderWith({ 'diff.md': 'one\n', 'package.json': '{ "type": "module" }' });
  for (const part of [
    'scripts',
    'pipelines',
    'validators/command',
    'validators/text',
    'validators/usage-error.ts',
  ])
    await cp(join(root, part), join(folder.path, part), { recursive: true });
  const comment = (...args: string[]) =>
    run(process.execPath, ['--disable-warning=ExperimentalWarning', 'scripts/comment.ts', ...args], {
      cwd: folder.path,
      deadline: 30_000,
      env: { ...variablesOf('github', host.url), GITLAB_CI: undefined },
    });
  const { status, stderr } = await comment('diff.md');
  assert.is(status, 0, stderr);
  assert.match(stderr, 'The comment is created');
  assert.is(host.kept[0]?.body, '<!-- plumbline: diff -->\none\n');
  for (const [args, message] of [
    [[], 'name one file'],
    [['none.md'], 'none.md cannot be read'],
    [['diff.md', '--name', 'a --> b'], '--name takes'],
    [['diff.md', '--nam', 'x'], 'there is no option --nam (did you mean "--name"?)'],
  ] as const) {
    const wrong = await comment(...args);
    assert.is(wrong.status, 2);
    assert.match(wrong.stderr, message);
  }
});

test.run();
