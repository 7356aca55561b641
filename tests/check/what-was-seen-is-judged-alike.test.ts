import { type CheckedTarget, newSeen, noStore } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Folder } from '../harness/folder.ts';
import { checked, lines, repository } from './repository.ts';

const misspell = (folder: Folder) =>
  folder.edit('base/shop/deployment.yaml', 'imagePullPolicy', 'imagePulPolicy');

type Change = (folder: Folder) => unknown;

/** What is said of a target, without how it was come by. */
const said = ({ cached: _, ...rest }: CheckedTarget) => rest;

/** Other text, and the same objects. */
async function noteIn(folder: Folder): Promise<void> {
  const file = 'base/shop/deployment.yaml';
  await folder.write(file, `# a note\n${await folder.read(file)}`);
}

/** How the first side comes to be, how the second comes of it, and whether something is wrong with either. */
const sides: Readonly<Record<string, readonly [Change, Change, readonly [boolean, boolean]]>> = {
  'nothing is another': [() => {}, () => {}, [false, false]],
  'an object that does not fit its schema, in both': [misspell, () => {}, [true, true]],
  // Of one text, and set by another line of the file.
  'an object that does not fit its schema, further down in the second': [misspell, noteIn, [true, true]],
  'an object that does not fit its schema, in the second alone': [() => {}, misspell, [false, true]],
  'an object that does not fit its schema, in the first alone': [
    misspell,
    (folder) => folder.edit('base/shop/deployment.yaml', 'imagePulPolicy', 'imagePullPolicy'),
    [true, false],
  ],
  'a rule that the second breaks with objects of which each is as it was': [
    () => {},
    (folder) => folder.edit('base/shop/kustomization.yaml', '  - deployment.yaml\n', ''),
    [false, true],
  ],
};

for (const [what, [make, change, wrong]] of Object.entries(sides)) {
  test(`two checks that share what was seen find what each finds alone: ${what}`, async () => {
    await using folder = await repository();
    const seen = newSeen();
    const found = async () => {
      const alone = await checked(folder, { store: noStore });
      const sharing = await checked(folder, { store: noStore, seen });
      assert.equal(lines(sharing), lines(alone));
      assert.equal(sharing.map(said), alone.map(said));
      return lines(alone).length > 0;
    };
    await make(folder);
    const first = await found();
    await change(folder);
    assert.equal([first, await found()], wrong);
  });
}

test('what was seen to fit its schema is not validated again, and what did not fit is', async () => {
  await using folder = await repository();
  await misspell(folder);
  const seen = newSeen();
  const validated = async () => {
    const told: string[] = [];
    await checked(folder, { store: noStore, seen, progress: (message) => told.push(message) });
    return told.filter((message) => message.startsWith('validating'));
  };
  const [all] = await validated();
  assert.match(all ?? '', /^validating \d\d/);
  assert.equal(await validated(), []);
  await noteIn(folder);
  // The misspelt one of either environment.
  assert.equal(await validated(), ['validating 2 distinct objects against their schemas']);
});

test.run();
