import { readdir } from 'node:fs/promises';
import { rules } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('every rule of the library has a test here, and every test a rule', async () => {
  const files = await readdir(import.meta.dirname);
  const tested = files
    .filter((name) => name.endsWith('.test.ts') && name !== 'each-rule-has-its-test.test.ts')
    .map((name) => name.slice(0, -'.test.ts'.length));
  assert.equal(tested.sort(), Object.keys(rules).sort());
});

test.run();
