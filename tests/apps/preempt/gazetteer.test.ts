import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { searchName } from '../../../apps/preempt/search-name.ts';
import { readLocations } from '../../../apps/preempt/seed/read-locations.ts';
import { choosePlaces, type Place } from '../../../scripts/gazetteer/choose.ts';
import { toCsv } from '../../../scripts/gazetteer/csv.ts';
import { makeGazetteer } from '../../../scripts/gazetteer.ts';
import { folderWith } from '../../harness/folder.ts';
import { root } from '../../house/repository.ts';

const place = (id: number, latitude: number, longitude: number, population: number): Place => ({
  id,
  name: `Place ${id}`,
  country: 'DE',
  latitude,
  longitude,
  population,
  timezone: 'Europe/Berlin',
});

test('the script makes the very file that is committed', async () => {
  const { csv, apart } = await makeGazetteer((message) => process.stderr.write(`${message}\n`));
  assert.is(csv, await readFile(join(root, 'apps/preempt/locations_seed.csv'), 'utf8'));
  const licence = await readFile(join(root, 'apps/preempt/locations_seed.LICENSE'), 'utf8');
  assert.match(licence, new RegExp(`each at least ${apart} km`));
  assert.match(licence, /CC BY 4\.0/);
});

test('it holds 892 locations, on every inhabited part of the world, each once', async () => {
  const locations = await readLocations();
  assert.is(locations.length, 892);
  assert.is(new Set(locations.map(([id]) => id)).size, 892);
  const parts = new Set(
    locations.map(
      ([, , , , latitude, longitude]) => `${Math.floor(latitude / 30)} ${Math.floor(longitude / 60)}`,
    ),
  );
  assert.ok(parts.size >= 24, `${parts.size} of 36 parts`);
  const largest = Math.max(...locations.map(([, , , , , , population]) => population));
  assert.ok(largest > 10_000_000 && locations.some(([, , , , , , population]) => population < 5000));
});

test('the larger of two that are near is taken, and as far apart as the number permits', () => {
  const places = [place(1, 0, 0, 10), place(2, 0, 0.5, 20), place(3, 0, 10, 5), place(4, 0, 20, 1)];
  const chosen = choosePlaces(places, 3);
  assert.equal(
    chosen.places.map(({ id }) => id),
    [2, 3, 4],
  );
  // 9.5 degrees of the equator.
  assert.is(chosen.apart, 1056);
  assert.throws(() => choosePlaces(places, 5), /there are 4 places/);
});

test('a name is searched by its plain letters', () => {
  const names = {
    'São Paulo': 'sao paulo',
    Łódź: 'lodz',
    Tromsø: 'tromso',
    'Haymā’': 'hayma',
    İzmir: 'izmir',
    Gəncə: 'ganca',
    'Nuku‘alofa': 'nukualofa',
    'Shahr-e Kord': 'shahr e kord',
    'Sault Ste. Marie': 'sault ste marie',
  };
  for (const [name, plain] of Object.entries(names)) assert.is(searchName(name), plain);
});

test('what is written is read, and a line that is no location is named', async () => {
  await using folder = await folderWith();
  const file = join(folder.path, 'places.csv');
  const strange = { ...place(9, -12.5, 170, 7), name: 'A, "B"' };
  await folder.write('places.csv', toCsv([strange]));
  assert.equal(await readLocations(file), [[9, 'A, "B"', 'a b', 'DE', -12.5, 170, 7, 'Europe/Berlin']]);
  await folder.write('places.csv', toCsv([place(1, 0, 0, 1), place(2, 91, 0, 1)]));
  const error = await readLocations(file).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  assert.match(error?.message ?? '', /places\.csv:3: no location/);
});

test.run();
