import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderAll, violations } from './repository.ts';
import { houseRules } from './rules/index.ts';

const all = await renderAll();

for (const [name, rule] of Object.entries(houseRules)) {
  test(`${name}, in ${all.length} targets`, async () => {
    assert.equal(await violations(all, rule), []);
  });
}

test.run();
