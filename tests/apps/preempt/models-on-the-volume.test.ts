import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { day, fieldOf, fitSeries, usualLimits } from '../../../apps/preempt/judgement/index.ts';
import { format, lineOf, publish, readModels, tidy, versionsIn } from '../../../apps/preempt/models/index.ts';
import { weatherUntil } from './history.ts';

const test = suite('models on the volume');
const now = Date.UTC(2026, 5, 1);
const wanted = new Set([1, 2]);
const options = { now, mostDays: 7 };
const history = weatherUntil(1, now, 60).map(({ at, values }) => ({ at, value: values.temperature_2m }));
const model = fitSeries(fieldOf('temperature_2m'), history, { by: 'model' });
assert.ok(model !== undefined);

const linesOf = (version: number, trainedAt = now, own = format) => [
  lineOf('header', {
    format: own,
    version,
    trainedAt: new Date(trainedAt).toISOString(),
    locations: 2,
    limits: { temperature_2m: usualLimits('temperature_2m') },
  }),
  lineOf('1', { temperature_2m: model }),
  lineOf('2', {}),
];
const file = (version: number) => `models-${String(version).padStart(8, '0')}.jsonl`;

let folder: string;
test.before.each(async () => {
  folder = await mkdtemp(join(tmpdir(), 'models-'));
});
test.after.each(() => rm(folder, { recursive: true, force: true }));

test('what was published is read, to seven digits, and a location without history says so', async () => {
  assert.ok(await publish(folder, 3, linesOf(3)));
  const found = await readModels(folder, wanted, options);
  assert.is(found.version, 3);
  assert.equal(found.wrong, []);
  const read = found.locations.get(1)?.temperature_2m;
  assert.is(read?.until, model.until);
  assert.ok(Math.abs((read?.persistence.scale ?? 0) - model.persistence.scale) < 1e-5);
  assert.is(found.why(2), 'too little history for a model');
  assert.is(found.why(9), 'there is no model of this location yet');
  assert.equal(await readdir(folder), [file(3)]);
});

test('an empty or a missing folder is no model, and no failure', async () => {
  assert.is((await readModels(folder, wanted, options)).why(1), 'there is no model yet');
  const missing = await readModels(join(folder, 'missing'), wanted, options);
  assert.is(missing.version, undefined);
  assert.match(missing.wrong[0] ?? '', /ENOENT/);
});

test('a changed byte costs its own location its model, and no other', async () => {
  await publish(folder, 1, linesOf(1));
  const path = join(folder, file(1));
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('"temperature_2m":{"curve"', '"temperature_2m":{"curvy"'));
  const found = await readModels(folder, wanted, options);
  assert.is(found.version, 1);
  assert.is(found.locations.has(1), false);
  assert.is(found.locations.has(2), true);
  assert.is(found.why(1), 'its model is broken');
  assert.match(found.wrong.join(), /location 1: its checksum is wrong/);
});

test('a broken header, or one of another format, leaves the version for the one before it', async () => {
  await publish(folder, 1, linesOf(1));
  await publish(folder, 2, linesOf(2, now, format + 1));
  await writeFile(join(folder, file(3)), 'header 00 {}\n');
  await writeFile(join(folder, file(4)), '');
  const found = await readModels(folder, wanted, options);
  assert.is(found.version, 1);
  assert.is(found.wrong.length, 3);
  assert.match(found.wrong.join(), /its format is 2, and this program reads 1/);
});

test('a file that ends in the middle still has the locations before that', async () => {
  const lines = linesOf(1);
  await writeFile(join(folder, file(1)), `${lines[0]}${lines[1]}${lines[2]?.slice(0, 30)}`);
  const found = await readModels(folder, wanted, options);
  assert.is(found.locations.has(1), true);
  assert.is(found.locations.has(2), false);
});

test('a model that is too old is not used', async () => {
  await publish(folder, 1, linesOf(1, now - 8 * day));
  const found = await readModels(folder, wanted, options);
  assert.is(found.version, undefined);
  assert.is(found.why(1), 'the newest model is of 2026-05-24');
});

test('a model of another shape is broken, though its checksum is right', async () => {
  const shapes: readonly unknown[] = [
    { curve: null },
    { ...model, climate: { medians: [1, 2], deviations: model.climate.deviations } },
    { ...model, tails: {} },
    { ...model, persistence: { ...model.persistence, scale: '2' } },
    null,
  ];
  for (const [index, shape] of shapes.entries()) {
    const lines = [linesOf(1)[0] ?? '', lineOf('1', { temperature_2m: shape }), lineOf('2', {})];
    await publish(folder, index + 1, lines);
    const found = await readModels(folder, wanted, options);
    assert.is(found.why(1), 'its model is broken', JSON.stringify(shape));
    assert.match(found.wrong.join(), /location 1: temperature_2m.* is not /);
    assert.ok(found.locations.has(2));
  }
});

test('a header without limits, or without a time, leaves the version for the one before it', async () => {
  await publish(folder, 1, linesOf(1));
  const right = { format, version: 2, trainedAt: new Date(now).toISOString(), locations: 0, limits: {} };
  const { limits: _, ...without } = right;
  const headers = [without, { ...right, trainedAt: 'soon' }, { ...right, limits: { rain: {} } }];
  for (const [index, header] of headers.entries()) {
    await publish(folder, index + 2, [lineOf('header', header)]);
    const found = await readModels(folder, wanted, options);
    assert.is(found.version, 1);
    assert.is(found.wrong.length, index + 1);
  }
});

test('a file that is cut between two lines is told, and the locations that it lacks say so', async () => {
  await writeFile(join(folder, file(1)), linesOf(1).slice(0, 2).join(''));
  const found = await readModels(folder, wanted, options);
  assert.match(found.wrong.join(), /it is cut: 1 of 2 lines are not there/);
  assert.is(found.locations.has(1), true);
  assert.is(found.why(2), 'the model is cut');
});

test('a version of a time to come is left for the one before it', async () => {
  await publish(folder, 1, linesOf(1));
  await publish(folder, 2, linesOf(2, now + 365 * day));
  const found = await readModels(folder, wanted, options);
  assert.is(found.version, 1);
  assert.match(found.wrong.join(), /trained at 2027-06-01.*has not come yet/);
  // Clocks of a cluster that took over may be a little behind.
  await publish(folder, 3, linesOf(3, now + 60_000));
  assert.is((await readModels(folder, wanted, options)).version, 3);
});

test('a version that another has published is not replaced', async () => {
  await publish(folder, 1, linesOf(1));
  const before = await readFile(join(folder, file(1)));
  const error = await publish(folder, 1, linesOf(1, now + 1)).then(
    () => undefined,
    (thrown: NodeJS.ErrnoException) => thrown,
  );
  assert.is(error?.code, 'EEXIST');
  assert.equal(await readFile(join(folder, file(1))), before);
  assert.equal(await readdir(folder), [file(1)]);
});

test('who has lost the lock publishes nothing', async () => {
  assert.is(await publish(folder, 1, linesOf(1), async () => false), false);
  assert.equal(await readdir(folder), []);
});

test('old versions, and what a killed trainer left, are removed; other files are not', async () => {
  for (let version = 1; version <= 8; version += 1) await publish(folder, version, linesOf(version));
  await writeFile(join(folder, '.partial-9-1-1'), 'half');
  await writeFile(join(folder, 'notes.txt'), 'of a person');
  await tidy(folder);
  assert.equal(await versionsIn(folder), [8, 7, 6, 5, 4]);
  assert.ok(!(await readdir(folder)).includes('.partial-9-1-1'));
  assert.ok((await readdir(folder)).includes('notes.txt'));
});

test('a disk that is full keeps the versions that are there, and nothing half written', async () => {
  const small = join(folder, 'small');
  await mkdir(small);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]);
  // Only root may mount; /dev/full, which anybody may write to, cannot be a folder.
  if (mounted.status !== 0) return;
  try {
    await publish(small, 1, linesOf(1));
    const many = Array.from({ length: 300 }, (_, index) => lineOf(String(index), { temperature_2m: model }));
    const error = await publish(small, 2, [...linesOf(2), ...many]).then(
      () => undefined,
      (thrown: NodeJS.ErrnoException) => thrown,
    );
    assert.is(error?.code, 'ENOSPC');
    assert.equal(await readdir(small), [file(1)]);
    assert.is((await readModels(small, wanted, options)).version, 1);
  } finally {
    spawnSync('umount', [small]);
  }
});

test.run();
