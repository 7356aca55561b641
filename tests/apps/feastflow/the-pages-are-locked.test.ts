import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../house/repository.ts';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly os?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
type Packages = Readonly<Record<string, Locked | undefined>>;

const front = 'apps/feastflow/frontend';
const read = (path: string) => readFile(join(root, path), 'utf8');
const [own, here, locked, lockedHere] = (await Promise.all(
  [`${front}/package.json`, 'package.json', `${front}/package-lock.json`, 'package-lock.json'].map(
    async (path) => JSON.parse(await read(path)),
  ),
)) as [Required<Locked>, Required<Locked>, { packages: Packages }, { packages: Packages }];

const pick = ({ version, resolved, integrity }: Locked = {}) => ({ version, resolved, integrity });

test("the pages' image is built of the very files that they are tried with here", () => {
  for (const [name, version] of Object.entries({ ...own.dependencies, ...own.devDependencies }))
    assert.is(here.devDependencies[name], version, name);
  for (const [path, entry = {}] of Object.entries(locked.packages)) {
    if (path === '') continue;
    assert.equal(pick(entry), pick(lockedHere.packages[path]), path);
    assert.is(entry.resolved, undefined, path);
    // Compilers of other machines, which an image of Linux never asks for.
    const isElsewhere = entry.os !== undefined && !entry.os.includes('linux');
    if (!isElsewhere) assert.match(entry.integrity ?? '', /^sha512-/, path);
  }
});

test('everything that the build asks for, and what that asks for, is locked', () => {
  const { dependencies, devDependencies } = locked.packages[''] ?? {};
  assert.equal({ dependencies, devDependencies }, pickWanted(own));
  const wanted = Object.keys({ ...own.dependencies, ...own.devDependencies });
  const least = wanted.length;
  for (const name of wanted) {
    const found = locked.packages[`node_modules/${name}`];
    assert.ok(found, `${name} is locked`);
    for (const next of Object.keys({ ...found?.dependencies, ...found?.optionalDependencies }))
      if (!wanted.includes(next)) wanted.push(next);
  }
  assert.ok(wanted.length > least);
});

const pickWanted = ({ dependencies, devDependencies }: Locked) => ({ dependencies, devDependencies });

test("the pages' image begins with the workers' Node and Debian", async () => {
  const [pages, workers] = await Promise.all([read(`${front}/Dockerfile`), read('apps/Dockerfile')]);
  for (const base of [/^ARG NODE=.*$/m, /^ARG DEBIAN=.*$/m]) {
    assert.ok(base.exec(workers));
    assert.is(base.exec(pages)?.[0], base.exec(workers)?.[0]);
  }
});

test.run();
