import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../../house/repository.ts';

type Packages = Readonly<Record<string, { readonly version?: string } | undefined>>;
const read = async (path: string) => JSON.parse(await readFile(join(root, path), 'utf8'));

test("the page's image is built of the very versions that it is tried with here", async () => {
  const front = 'apps/preempt/frontend';
  const own = (await read(`${front}/package.json`)) as { devDependencies: Record<string, string> };
  const here = (await read('package.json')) as { devDependencies: Record<string, string> };
  for (const [name, version] of Object.entries(own.devDependencies))
    assert.is(here.devDependencies[name], version, name);
  const [locked, lockedHere] = (await Promise.all(
    [`${front}/package-lock.json`, 'package-lock.json'].map(async (path) => (await read(path)).packages),
  )) as [Packages, Packages];
  for (const [path, { version } = {}] of Object.entries(locked))
    if (path !== '') assert.is(lockedHere[path]?.version, version, path);
});

test.run();
