import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePlaces } from './gazetteer/choose.ts';
import { toCsv } from './gazetteer/csv.ts';
import { readPlaces } from './gazetteer/read-places.ts';
import { main } from './lib/main.ts';
import { root } from './lib/root.ts';

/** The seed's number. */
export const wanted = 892;

/** What the file holds, made anew. */
export async function makeGazetteer(say: (message: string) => void): Promise<{ csv: string; apart: number }> {
  const { places, apart } = choosePlaces(await readPlaces(say), wanted);
  return { csv: toCsv(places), apart };
}

if (import.meta.main) {
  await main(async () => {
    const say = (message: string) => process.stderr.write(`${message}\n`);
    const { csv, apart } = await makeGazetteer(say);
    const file = 'apps/preempt/locations_seed.csv';
    await writeFile(join(root, file), csv);
    say(`${file}: ${wanted} places, each at least ${apart} km from every other`);
    return 0;
  });
}
