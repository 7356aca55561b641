import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

// The image's own command: it is given no worker, so it says which it holds.
const workers: string[] = [];
for (const system of await readdir(import.meta.dirname, { withFileTypes: true })) {
  if (!system.isDirectory() || system.name === 'kit') continue;
  for (const file of await readdir(join(import.meta.dirname, system.name), { withFileTypes: true })) {
    if (file.isFile() && file.name.endsWith('.ts')) workers.push(`node apps/${system.name}/${file.name}`);
  }
}
process.stderr.write(`Which worker? This image runs\n${workers.map((line) => `  ${line}\n`).join('')}`);
process.exitCode = 2;
