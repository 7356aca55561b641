import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../house/repository.ts';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
type Packages = Readonly<Record<string, Locked | undefined>>;

const front = 'apps/preempt/frontend';
const read = (path: string) => readFile(join(root, path), 'utf8');
const [own, here, locked, lockedHere] = (await Promise.all(
  [`${front}/package.json`, 'package.json', `${front}/package-lock.json`, 'package-lock.json'].map(
    async (path) => JSON.parse(await read(path)),
  ),
)) as [Required<Locked>, Required<Locked>, { packages: Packages }, { packages: Packages }];

test("the page's image is built of the very files that it is tried with here", () => {
  for (const [name, version] of Object.entries(own.devDependencies))
    assert.is(here.devDependencies[name], version, name);
  for (const [path, { version, resolved, integrity } = {}] of Object.entries(locked.packages)) {
    if (path === '') continue;
    const same = lockedHere.packages[path];
    assert.equal({ version, resolved, integrity }, pick(same), path);
    assert.match(integrity ?? '', /^sha512-/, path);
  }
});

test("everything that the page's build asks for, and what that asks for, is locked", () => {
  assert.equal(locked.packages['']?.devDependencies, own.devDependencies);
  const wanted = Object.keys(own.devDependencies);
  for (const name of wanted) {
    const found = locked.packages[`node_modules/${name}`];
    assert.ok(found, `${name} is locked`);
    for (const next of Object.keys({ ...found?.dependencies, ...found?.optionalDependencies }))
      if (!wanted.includes(next)) wanted.push(next);
  }
  assert.ok(wanted.length > Object.keys(own.devDependencies).length);
});

test("the page's image begins with the workers' Node, and with no older nginx than it was tried with", async () => {
  const [page, workers] = await Promise.all([read(`${front}/Dockerfile`), read('apps/Dockerfile')]);
  const node = /^ARG NODE=.*$/m;
  assert.ok(node.exec(workers));
  assert.is(node.exec(page)?.[0], node.exec(workers)?.[0]);
  const [, ...numbers] =
    /^ARG NGINX=docker\.io\/nginxinc\/nginx-unprivileged:(\d+)\.(\d+)\.(\d+)-alpine$/m.exec(page) ?? [];
  const number = numbers.reduce((sum, part) => sum * 1000 + Number(part), 0);
  assert.ok(number >= 1_029_008, `nginx ${numbers.join('.')}`);
});

const pick = ({ version, resolved, integrity }: Locked = {}) => ({ version, resolved, integrity });

test.run();
