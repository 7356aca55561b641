import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Fact, loadFacts, readImages } from '../../facts/index.ts';
import { containers, workloads } from './objects.ts';
import { renderAll, root } from './repository.ts';

const all = await renderAll();
const facts = await loadFacts(root);
const systems = new Set(all.flatMap(({ target }) => target.system ?? []));

/** `file:line: message` for each fact that another line states too; a value may contain several texts. */
function stated(list: readonly Fact[]): string[] {
  const seen = new Map<string, number>();
  return list.flatMap(({ object, name, environment, expected, file, line }) => {
    const key = [object, name, environment, expected.startsWith('~') ? expected : ''].join('\0');
    const before = seen.get(key);
    seen.set(key, before ?? line);
    return before === undefined
      ? []
      : [`${file}:${line}: ${object} ${name} in ${environment} stands in line ${before} already`];
  });
}

for (const [system, list] of facts) {
  test(`no fact of ${system} stands twice`, () => {
    assert.equal(stated(list), []);
  });

  test(`every fact of ${system} is held against a target`, () => {
    assert.ok(list.length > 0, `facts/${system}.md holds no fact`);
    const rendered = all.filter(({ target }) => target.system === system);
    const environments = new Set(rendered.map(({ environment }) => environment.name));
    assert.equal(
      list
        .filter(({ environment }) => !environments.has(environment))
        .map(
          ({ file, line, environment }) => `${file}:${line}: ${system} is not rendered for ${environment}`,
        ),
      [],
    );
  });
}

test('every system that is rendered has facts', () => {
  assert.equal(
    [...systems].filter((system) => !facts.has(system)),
    [],
  );
});

/** `name:tag` of every image in use, and the bare names. */
const used = new Set(
  all.flatMap(({ objects }) =>
    workloads(objects).flatMap((workload) =>
      containers(workload).flatMap(({ container }) => {
        const [reference = ''] = (container.image ?? '').split('@');
        const name = reference.replace(/:[^:/]*$/, '');
        return [reference, name, name.split('/').at(-1) ?? ''];
      }),
    ),
  ),
);
const images = await readImages(root);

/** Images of what `deploy` brings to a laptop's cluster beside the systems. */
const laptopPlatform = join(root, 'argocd', 'platform', 'laptop');
const onLaptops = new Set(
  (
    await Promise.all(
      (
        await Array.fromAsync(glob('**/*.yaml', { cwd: laptopPlatform }))
      ).map(async (file) =>
        [...(await readFile(join(laptopPlatform, file), 'utf8')).matchAll(/^\s+image: (\S+)$/gm)].map(
          ([, image = '']) => image,
        ),
      ),
    )
  ).flat(),
);

test('every image built here that base/images.yaml names is run by its system', () => {
  const built = Object.entries(images.built).filter(([, { system }]) => systems.has(system));
  assert.equal(
    built.map(([name]) => name).filter((name) => !used.has(name)),
    [],
  );
});

test('every published image that base/images.yaml pins is run', () => {
  const pinned = Object.entries(images.published).flatMap(([name, tags]) =>
    tags.map((tag) => `${name}:${tag}`),
  );
  assert.equal(
    pinned.filter((image) => !used.has(image) && !onLaptops.has(image)),
    [],
  );
});

test('a fact that stands twice is found', () => {
  const fact = (name: string, line: number, environment = 'kind'): Fact => {
    return { object: 'Deployment/api', name, expected: '1', environment, file: 'facts/shop.md', line };
  };
  assert.equal(stated([fact('replicas', 3), fact('image', 4), fact('replicas', 5, 'production')]), []);
  assert.equal(stated([fact('replicas', 3), fact('replicas', 9)]), [
    'facts/shop.md:9: Deployment/api replicas in kind stands in line 3 already',
  ]);
  const contained = (line: number, expected: string) => ({ ...fact('data a.conf', line), expected });
  assert.equal(stated([contained(3, '~a=1'), contained(4, '~b=2')]), []);
  assert.is(stated([contained(3, '~a=1'), contained(4, '~a=1')]).length, 1);
});

test.run();
