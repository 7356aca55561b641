import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { median } from '../../scripts/lib/median.ts';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'bench.ts');

async function bench(...args: readonly string[]) {
  const finished = await run(process.execPath, [script, ...args], { deadline: 60_000 });
  return { ...finished, stdout: finished.stdout.toString('utf8') };
}

test('--help lists the benches, and exits 0; no name at all does the same with 2', async () => {
  const help = await bench('--help');
  assert.is(help.status, 0);
  assert.match(help.stdout, /^ {2}check +the whole check beside a shell loop/m);
  const none = await bench();
  assert.is(none.status, 2);
  assert.is(none.stdout, help.stdout);
});

for (const [args, message] of [
  [['chekc'], 'there is no bench "chekc" (did you mean "check"?)'],
  [['check', 'other'], 'there is no bench "other"'],
  [['check', '--round', '3'], 'there is no option --round (did you mean "--rounds"?)'],
  [['check', '--rounds', '0'], '--rounds 0 is no number above 0'],
  [['check', '--rounds', '1.5'], '--rounds 1.5 is no number above 0'],
] as const) {
  test(`bench ${args.join(' ')} is unusable: exit 2`, async () => {
    const { status, stderr, stdout } = await bench(...args);
    assert.is(status, 2);
    assert.is(stdout, '');
    assert.match(stderr, message);
  });
}

test('the median is the middle, or the mean of the two in the middle', () => {
  assert.equal([[3, 1, 2], [4, 1, 3, 2], [7]].map(median), [2, 2.5, 7]);
  assert.throws(() => median([]), /no median/);
});

test.run();
