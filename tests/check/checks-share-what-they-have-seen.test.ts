import { type CheckedTarget, newSeen, noStore, type Seen } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Folder } from '../harness/folder.ts';
import { checked, lines, repository } from './repository.ts';

/** A field that the schema does not know. */
const wrong = ['base/shop/deployment.yaml', 'imagePullPolicy', 'imagePulPolicy'] as const;
/** Another production, which leaves kind as it is. */
const another = ['overlays/production/shop/replicas-patch.yaml', 'replicas: 3', 'replicas: 4'] as const;

type Edit = readonly [file: string, from: string, to: string];

/** Copies of the repository, each with its edits. */
async function copies(sides: readonly (readonly Edit[])[]): Promise<Folder[]> {
  const folders = await Promise.all(sides.map(() => repository()));
  for (const [index, edits] of sides.entries())
    for (const [file, from, to] of edits) await folders[index]?.edit(file, from, to);
  return folders;
}

async function all(folders: readonly Folder[], seen?: Seen): Promise<CheckedTarget[][]> {
  const results: CheckedTarget[][] = [];
  for (const folder of folders)
    results.push(await checked(folder, { store: noStore, ...(seen === undefined ? {} : { seen }) }));
  return results;
}

const sides: Readonly<Record<string, readonly (readonly Edit[])[]>> = {
  'both are as they were': [[], []],
  'an object becomes invalid': [[], [wrong]],
  'an invalid object is mended': [[wrong], []],
  'an object is invalid in both': [[wrong], [wrong, another]],
  'an invalid object comes back after a check without it': [[wrong], [], [wrong]],
};

for (const [name, edits] of Object.entries(sides)) {
  test(`${name}: checks that share what they have seen find what each finds alone`, async () => {
    const folders = await copies(edits);
    try {
      const [alone, shared] = [await all(folders), await all(folders, newSeen())];
      assert.equal(shared.map(lines), alone.map(lines));
      assert.equal(
        shared.map((targets) => targets.map(({ objects }) => objects)),
        alone.map((targets) => targets.map(({ objects }) => objects)),
      );
      for (const [index, targets] of alone.entries())
        assert.is(
          lines(targets).some((line) => /imagePulPolicy/.test(line)),
          edits[index]?.includes(wrong) ?? false,
        );
    } finally {
      for (const folder of folders) await folder[Symbol.asyncDispose]();
    }
  });
}

test('what one check has seen is not validated again', async () => {
  const [folder] = await copies([[]]);
  try {
    const seen = newSeen();
    const said: string[] = [];
    const progress = (message: string) => void said.push(message);
    for (let time = 0; time < 2; time += 1)
      await checked(folder as Folder, { store: noStore, seen, progress });
    assert.is(said.filter((message) => /^validating \d+ distinct objects/.test(message)).length, 1);
  } finally {
    await folder?.[Symbol.asyncDispose]();
  }
});

test.run();
