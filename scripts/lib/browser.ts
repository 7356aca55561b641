import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { UsageError } from '@plumbline/validators';
import { installDebianPackages } from './debian-packages.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Chromium by its path, where CHROMIUM names it or PATH has it. */
async function find(): Promise<string | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  for (const place of [process.env.CHROMIUM ?? '', ...places]) {
    if (place === '') continue;
    const there = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return place;
  }
  return undefined;
}

/**
 * A Chromium to look at pages with: the one that CHROMIUM names or PATH has; on Debian and its likes, as root, it is installed
 * where it is missing.
 * @throws UsageError that says how to install it.
 */
export async function chromium(say: (message: string) => void): Promise<string> {
  const found = await find();
  if (found !== undefined) return found;
  const way =
    'install it (Debian: apt-get install chromium), or name a Chromium or Chrome by the variable CHROMIUM';
  const failed = await installDebianPackages(['chromium', 'fonts-dejavu-core'], way, say);
  if (failed !== undefined) throw new UsageError(`there is no Chromium on PATH: ${failed}`);
  const installed = await find();
  if (installed === undefined) throw new UsageError(`apt-get installed no Chromium: ${way}`);
  return installed;
}
