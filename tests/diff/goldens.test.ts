import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CheckedTarget,
  check,
  compareChecks,
  differenceReports,
  findTargets,
  openStore,
  run,
} from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { folderWith } from '../harness/folder.ts';
import { dangersOfTheGuide } from './dangers.ts';

const system = join(import.meta.dirname, 'fixtures', 'repository');
const goldens = join(import.meta.dirname, 'golden');
const names = (await readdir(goldens, { withFileTypes: true })).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
const cache = await folderWith();

/** The check of a repository, with what was rendered before. */
async function checked(folder: string): Promise<CheckedTarget[]> {
  return check({
    root: folder,
    targets: await findTargets(folder),
    tools: {
      kustomize: process.env.KUSTOMIZE ?? 'kustomize',
      kubeconform: process.env.KUBECONFORM ?? 'kubeconform',
      versions: 'those of the test',
    },
    store: openStore(join(cache.path, 'rendered')),
    scratch: join(cache.path, 'scratch'),
    workers: 2,
  });
}

const main = await checked(system);

/** What the pull request of a patch would do, and be told. */
async function pullRequest(patch: string) {
  await using folder = await folderWith();
  await cp(system, folder.path, { recursive: true });
  const { status, stderr } = await run('git', ['apply', '--whitespace=nowarn', patch], {
    cwd: folder.path,
    deadline: 30_000,
  });
  assert.is(status, 0, stderr);
  const difference = compareChecks(main, await checked(folder.path));
  const sides = { from: 'main', to: 'the pull request', colour: false };
  return { difference, comment: differenceReports.markdown(difference, sides) };
}

test('nothing is wrong with what the pull requests begin with', () => {
  const wrong = main.flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'error'));
  assert.equal(
    wrong.map(({ rule, message }) => `${rule}: ${message}`),
    [],
  );
});

for (const name of names) {
  test(`the comment on ${name}`, async () => {
    const { difference, comment } = await pullRequest(join(goldens, name, 'change.patch'));
    const said = difference.targets.flatMap(({ dangers, found }) => [
      ...dangers.map(({ id }) => id),
      ...found.map(() => 'newly-wrong'),
    ]);
    assert.ok(said.includes(name), said.join(', '));
    const file = join(goldens, name, 'comment.md');
    // npm test -- goldens --update
    if (process.env.PLUMBLINE_UPDATE !== undefined) await writeFile(file, comment);
    assert.fixture(comment, await readFile(file, 'utf8'));
  });
}

test('each danger of the guide has a pull request', async () => {
  const listed = await dangersOfTheGuide();
  assert.equal(
    listed.filter((id) => !names.includes(id)),
    [],
  );
});

test.after(async () => {
  await cache[Symbol.asyncDispose]();
});
test.run();
