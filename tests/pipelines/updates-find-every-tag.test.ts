import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isScalar, LineCounter, parse, parseAllDocuments, visit } from 'yaml';
import { readImages } from '../../facts/index.ts';

const root = join(import.meta.dirname, '..', '..');

interface CustomManager {
  readonly managerFilePatterns: readonly string[];
  readonly matchStrings: readonly string[];
}

const renovate = JSON.parse(await readFile(join(root, 'renovate.json'), 'utf8')) as {
  readonly customManagers: readonly CustomManager[];
  readonly enabledManagers: readonly string[];
  readonly ignorePaths: readonly string[];
};

/** A tag that the configuration finds in a file. */
interface Dependency {
  readonly path: string;
  /** Where its name begins in the text. */
  readonly at: number;
  readonly name: string;
  readonly tag: string;
}

/** What Renovate's custom managers find, by its own rules: every match of every expression, in files whose path matches. */
function dependencies(path: string, text: string): Dependency[] {
  return renovate.customManagers
    .filter(({ managerFilePatterns }) =>
      managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(path)),
    )
    .flatMap(({ matchStrings }) => matchStrings)
    .flatMap((expression) => [...text.matchAll(new RegExp(expression, 'gd'))])
    .map(({ groups = {}, indices }) => ({
      path,
      at: indices?.groups?.depName?.[0] ?? -1,
      name: groups.depName ?? '',
      tag: groups.currentValue ?? '',
    }));
}

const paths = (
  await Array.fromAsync(glob('{argocd,base,docs,facts,overlays}/**/*.{yaml,md}', { cwd: root }))
).sort();
const texts = new Map(
  await Promise.all(paths.map(async (path) => [path, await readFile(join(root, path), 'utf8')] as const)),
);
const found = [...texts].flatMap(([path, text]) => dependencies(path, text));
const { published, built } = await readImages(root);

test('each tag of base/images.yaml is found once', () => {
  const ours = found
    .filter(({ path }) => path === 'base/images.yaml')
    .map(({ name, tag }) => `${name}:${tag}`);
  const all = Object.entries(published).flatMap(([name, tags]) => tags.map((tag) => `${name}:${tag}`));
  assert.ok(all.length > 10);
  assert.equal(ours.sort(), all.sort());
});

test('each image of each manifest, read as YAML, is found once, but for what is built here', () => {
  let images = 0;
  for (const [path, text] of texts) {
    if (!path.endsWith('.yaml') || path === 'base/images.yaml') continue;
    const lines = new LineCounter();
    const expected: string[] = [];
    for (const document of parseAllDocuments(text, { lineCounter: lines })) {
      if (!('contents' in document)) continue;
      visit(document, {
        Pair(_, { key, value }) {
          if (!isScalar(key) || key.value !== 'image' || !isScalar(value) || typeof value.value !== 'string')
            return;
          const [reference = ''] = value.value.split('@');
          if (!(reference.replace(/:[^:/]*$/, '') in built)) expected.push(reference);
        },
      });
    }
    images += expected.length;
    const ours = found.filter((one) => one.path === path).map(({ name, tag }) => `${name}:${tag}`);
    assert.equal(ours.sort(), expected.sort(), path);
  }
  assert.ok(images > 50, `${images} images`);
});

test('wherever base, overlays, argocd or facts write a published image with its tag, it is found', () => {
  const names = [...Object.keys(published), 'flink', 'kindest/node'].map((name) =>
    name.replaceAll('.', '\\.'),
  );
  const written = new RegExp(`(?<![\\w./-])(?:${names.join('|')}):v?\\d+\\.[\\w.-]+`, 'g');
  let times = 0;
  for (const [path, text] of texts) {
    if (path.startsWith('docs/') && path.endsWith('.md')) continue;
    for (const { index, 0: reference } of text.matchAll(written)) {
      times += 1;
      const line = text.slice(0, index).split('\n').length;
      // What a seed wrote, beside what is run.
      if (reference === 'busybox:1.35') continue;
      assert.ok(
        found.some((one) => one.path === path && one.at === index),
        `${path}:${line}: ${reference} would stay as it is`,
      );
    }
  }
  assert.ok(times > 60, `${times} times`);
});

test('a found tag is one that the check pins, so that all its places move in one change', () => {
  for (const { path, name, tag } of found) {
    if (['flink', 'kindest/node'].includes(name)) continue;
    assert.ok(published[name]?.includes(tag), `${path}: ${name}:${tag}`);
  }
});

test('expressions are those of RE2, which looks neither ahead nor behind', () => {
  for (const { matchStrings } of renovate.customManagers) {
    for (const expression of matchStrings) assert.not.match(expression, /\(\?[=!]|\(\?<[=!]|\\[1-9]/);
  }
});

test("no path of these is one that is passed over, and Dockerfiles' and pipelines' own managers are at work", async () => {
  for (const path of paths)
    for (const ignored of renovate.ignorePaths)
      assert.not.ok(path.startsWith(ignored.replace(/\*\*.*$/, '\0')), path);
  for (const manager of ['custom.regex', 'dockerfile', 'github-actions', 'gitlabci', 'gomod', 'npm'])
    assert.ok(renovate.enabledManagers.includes(manager), manager);
  const dockerfiles = await Array.fromAsync(
    glob('{apps,.gitlab}/**/Dockerfile', { cwd: root, exclude: ['**/node_modules'] }),
  );
  assert.ok(dockerfiles.length >= 8);
  for (const path of dockerfiles) {
    const text = await readFile(join(root, path), 'utf8');
    const stages = [...text.matchAll(/^FROM \S+ AS (\S+)/gm)].map(([, name]) => name);
    const args = new Set([...text.matchAll(/^ARG (\w+)=\S+:\S+/gm)].map(([, name]) => `\${${name}}`));
    // Renovate reads an image in FROM, or in the ARG that FROM names.
    for (const [, image = ''] of text.matchAll(/^FROM (\S+)/gm))
      assert.ok(
        /:[\w.-]+(?:@|$)/.test(image) || args.has(image) || stages.includes(image),
        `${path}: FROM ${image}`,
      );
  }
});

test('a tag that is put otherwise is missed, and told', () => {
  const text = 'spec:\n  image: busybox:1.37.0\n  other: "image=busybox:1.37.0"\n';
  assert.is(dependencies('base/a/pod.yaml', text).length, 1);
  assert.equal(dependencies('apps/a/pod.yaml', text), []);
  assert.is(dependencies('base/a/pod.yaml', 'image: lambda-worker:latest\n').length, 0);
  const digest = `sha256:${'a'.repeat(64)}`;
  assert.is(
    dependencies('overlays/kind/cluster.yaml', `    image: kindest/node:v1.35.0@${digest}\n`)[0]?.tag,
    'v1.35.0',
  );
  const list = "published:\n  a/b: [1.0.0, '2.0']\n  c: ['9.17']\n";
  assert.equal(
    dependencies('base/images.yaml', list).map(({ name, tag }) => `${name}:${tag}`),
    ['a/b:1.0.0', 'c:9.17', 'a/b:2.0'],
  );
  assert.equal(Object.keys((parse(list) as { published: object }).published), ['a/b', 'c']);
});

test.run();
