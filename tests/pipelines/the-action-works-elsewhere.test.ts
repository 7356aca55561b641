import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { Folder } from '../harness/folder.ts';
import { git } from '../harness/git.ts';
import { type Ran, readAction, runAction } from './composite-action.ts';
import { foreignRepository } from './foreign-repository.ts';
import { type Host, startHost, variablesOf } from './hosts.ts';

const root = join(import.meta.dirname, '..', '..');
const action = await readAction(root);

interface PullRequest {
  readonly folder: Folder;
  readonly host: Host;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Whose repository the change comes from. */
  readonly from?: string;
  readonly base?: string;
}

let jobs = 0;

/** Runs the action for a pull request of the fixture repository, as its job would. */
async function runOn({
  folder,
  host,
  inputs = {},
  from = 'team/shop',
  base = 'main',
}: PullRequest): Promise<Ran> {
  jobs += 1;
  const temp = join(folder.path, '.git', `job-${jobs}`);
  await mkdir(temp);
  return runAction(action, {
    action: root,
    workspace: folder.path,
    temp,
    inputs,
    context: {
      'github.token': 'secret',
      'github.repository': 'team/shop',
      'github.event.pull_request.head.repo.full_name': from,
      'github.event.pull_request.base.sha': await git(folder.path, 'rev-parse', base),
    },
    env: variablesOf('github', host.url),
  });
}

/** A change by which a Service loses its pods, on a branch. */
async function broken(): Promise<Folder> {
  const folder = await foreignRepository();
  await git(folder.path, 'checkout', '--quiet', '-b', 'change');
  await folder.edit('deploy/base/service.yaml', 'app: web', 'app: shop');
  await git(folder.path, 'commit', '--quiet', '--all', '--message', 'two');
  return folder;
}

test('a change that breaks a Service fails, on its line, and is told in one comment that is written over', async () => {
  await using host = await startHost('github');
  await using folder = await broken();
  const first = await runOn({ folder, host, inputs: { path: 'deploy/production' } });
  assert.is(first.failed, true);
  assert.is(first.steps.Check?.status, 1, first.steps.Check?.stderr);
  assert.match(
    first.steps.Check?.stdout ?? '',
    '::error file=deploy/base/service.yaml,line=6,title=service-without-pods::Service shop/web',
  );
  const sarif = JSON.parse(await readFile(first.outputs.sarif ?? '', 'utf8'));
  const [result] = sarif.runs[0].results.filter(({ level }: { level: string }) => level === 'error');
  assert.equal(result.locations[0].physicalLocation, {
    artifactLocation: { uri: 'deploy/base/service.yaml', uriBaseId: '%SRCROOT%' },
    region: { startLine: 6 },
  });
  assert.is(first.steps.Difference?.status, 1, first.steps.Difference?.stderr);
  assert.is(first.steps.Comment?.status, 0, first.steps.Comment?.stderr);
  assert.is(host.kept.length, 1);
  assert.match(host.kept[0]?.body ?? '', 'Newly wrong');
  assert.match(host.kept[0]?.body ?? '', '!     spec.selector.app: web → shop');
  for (const part of ['## Check', '| error | service-without-pods |', '## Difference', 'Newly wrong'])
    assert.ok(first.summary.includes(part), part);

  await folder.edit('deploy/base/service.yaml', 'app: shop', 'app: web');
  await folder.edit('deploy/base/service.yaml', 'port: 80', 'port: 8000');
  await git(folder.path, 'commit', '--quiet', '--all', '--message', 'three');
  const second = await runOn({ folder, host, inputs: { path: 'deploy/production' } });
  assert.is(second.failed, false, JSON.stringify(second.steps));
  assert.is(host.kept.length, 1);
  assert.not.match(host.kept[0]?.body ?? '', 'Newly wrong');
  assert.match(host.kept[0]?.body ?? '', '8000');
});

test('without a path all kustomizations that no other one includes are taken; several lines are several', async () => {
  await using host = await startHost('github');
  await using folder = await broken();
  const all = await runOn({ folder, host });
  const both = ['deploy/production', 'deploy/staging'];
  const errors = ({ steps }: Ran) =>
    [...(steps.Check?.stdout ?? '').matchAll(/^::error .*\((.*)\)$/gm)].map(([, target]) => target);
  assert.equal(errors(all), both);
  assert.match(host.kept[0]?.body ?? '', '2 of 2 targets change');
  const lines = await runOn({ folder, host, inputs: { path: 'deploy/staging\ndeploy/production\n' } });
  assert.equal(errors(lines).sort(), both);
  const every = await runOn({ folder, host, inputs: { every: 'deploy/staging' } });
  assert.equal(errors(every), ['deploy/staging']);
});

test('a pull request from a fork is checked, and its difference is in the summary alone', async () => {
  await using host = await startHost('github');
  await using folder = await broken();
  const { steps, summary } = await runOn({ folder, host, from: 'mallory/shop' });
  assert.is(steps.Check?.status, 1);
  assert.is(steps.Comment, undefined);
  assert.match(summary, 'Newly wrong');
  assert.equal(host.asked, []);
});

test('a base that the clone does not have is fetched', async () => {
  await using host = await startHost('github');
  await using origin = await broken();
  await git(origin.path, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  await using folder = await foreignRepository();
  const base = await git(origin.path, 'rev-parse', 'main');
  // Of its own making, with no commit of the other.
  await git(folder.path, 'remote', 'add', 'origin', `file://${origin.path}`);
  await folder.edit('deploy/base/deployment.yaml', 'web:1.4.0', 'web:1.5.0');
  await git(folder.path, 'commit', '--quiet', '--all', '--message', 'elsewhere', '--amend');
  const { steps, failed } = await runOn({ folder, host, inputs: { base, path: 'deploy/production' } });
  assert.is(failed, false, JSON.stringify(steps));
  assert.match(host.kept[0]?.body ?? '', 'web:1.4.0 → registry.example.com/shop/web:1.5.0');
});

test('without a base there is nothing to compare, and a path that is not there fails the step', async () => {
  await using host = await startHost('github');
  await using folder = await foreignRepository();
  const push = await runOn({ folder, host, inputs: { base: '' } });
  assert.is(push.failed, false, JSON.stringify(push.steps));
  assert.is(push.steps.Difference, undefined);
  assert.is(push.outputs.difference, '');
  const wrong = await runOn({ folder, host, inputs: { path: 'deploy/none' } });
  assert.is(wrong.steps.Check?.status, 2);
  assert.match(wrong.steps.Check?.stderr ?? '', 'deploy/none is no folder');
});

test('what somebody writes into an input is never a line of the shell', async () => {
  await using host = await startHost('github');
  await using folder = await foreignRepository();
  const path = '$(touch made)"; touch made; "';
  await runOn({ folder, host, inputs: { path } });
  assert.is(await git(folder.path, 'status', '--porcelain'), '');
  for (const { run, name } of action.runs.steps) assert.not.match(run ?? '', '${{', name);
});

test("the page's five lines give inputs that the action has", async () => {
  const page = await readFile(join(root, 'docs/pipelines.md'), 'utf8');
  const block = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
    .map(([, text = '']) => text)
    .find((text) => text.includes('plumbline@'));
  assert.is(block?.trimEnd().split('\n').length, 5, block);
  const steps = parse(block ?? '') as { uses: string; with: Record<string, unknown> }[];
  assert.is(steps.length, 2);
  const own = Object.keys(steps[1]?.with ?? {});
  assert.ok(own.length > 0);
  for (const name of own) assert.ok(name in action.inputs, name);
});

test.run();
