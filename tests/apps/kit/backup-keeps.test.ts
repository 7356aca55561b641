import * as assert from 'uvu/assert';
import { doomed, nameOf, timeOf } from '../../../apps/kit/backup/index.ts';
import { suite } from '../../harness/suite.ts';

const test = suite('which backups are kept');

const now = new Date('2026-03-10T12:00:00Z');
const hour = 3_600_000;
const backup = (hoursAgo: number, good = true) => ({
  name: nameOf(new Date(now.getTime() - hoursAgo * hour)),
  at: new Date(now.getTime() - hoursAgo * hour),
  good,
});
const gone = (all: readonly ReturnType<typeof backup>[], keep = { days: 7 }) =>
  doomed(all, keep, now).map(({ at }) => (now.getTime() - at.getTime()) / hour);

test('by age, all but the one with which the days begin', () => {
  assert.equal(gone([backup(1), backup(168), backup(169), backup(170), backup(171)]), [170, 171]);
});

test('those made by hand take no place of others', () => {
  const byHand = Array.from({ length: 100 }, (_, index) => backup(index / 50));
  assert.equal(gone([...byHand, backup(100), backup(167)]), []);
});

test('the last good one stays however old it is, and whatever failed since', () => {
  assert.equal(gone([backup(9000)]), []);
  assert.equal(gone([backup(9000), backup(10, false), backup(9001)]), [9001, 10]);
  assert.equal(gone([backup(1, false), backup(2, false), backup(3, false), backup(40)], { days: 1 }), []);
});

test('every backup of volumes that is kept has a savepoint from before it, also when savepoints failed for long', () => {
  const since = (day: number) => day * 24;
  const volumes = Array.from({ length: 160 }, (_, index) => backup(6 * index + 1));
  for (const missing of [since(0), since(2), since(8), since(26), since(35)]) {
    const savepoints = Array.from({ length: 200 }, (_, index) => backup(6 * index + 1.25)).filter(
      ({ at }) => {
        const ago = (now.getTime() - at.getTime()) / hour;
        return ago < 1.5 || ago > missing;
      },
    );
    const lost = new Set(doomed(savepoints, { days: 28 }, now));
    const kept = savepoints.filter((one) => !lost.has(one));
    const goneVolumes = new Set(doomed(volumes, { days: 7 }, now));
    for (const one of volumes.filter((volume) => !goneVolumes.has(volume)))
      assert.ok(
        kept.some(({ at }) => at <= one.at),
        `${one.name}, none for ${missing} h`,
      );
  }
});

test('what failed goes, but not what may still be under way', () => {
  assert.equal(gone([backup(1), backup(5, false), backup(7, false)]), [7]);
});

test('what failed takes no place of what is good', () => {
  assert.equal(gone([backup(1, false), backup(2), backup(3), backup(4)]), []);
});

test('a name says its time, and sorts by it', () => {
  assert.is(nameOf(now), '2026-03-10t12-00-00z');
  assert.equal(timeOf('2026-03-10t12-00-00z'), now);
  for (const none of [
    '',
    'newest',
    '2026-03-10',
    '2026-13-10t12-00-00z',
    'x2026-03-10t12-00-00z',
    '2026-03-10t12-00-00z1',
  ])
    assert.is(timeOf(none), undefined, none);
});

test.run();
