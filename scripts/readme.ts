import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readAddresses } from '../deploy/index.ts';
import { checkRepository } from './lib/check-repository.ts';
import { freshReadme } from './lib/fresh-readme.ts';
import { main } from './lib/main.ts';
import { startProgress } from './lib/progress.ts';
import { root } from './lib/root.ts';

const help = `Usage: npm run readme -- [--check]

Writes what the README takes from the repository anew: the table of addresses from overlays/addresses.yaml, and a picture
of each system from what the laptop's overlay renders.

  --check   write nothing; fail when the README is not what it would be
  --help    show this

Exit codes: 0 done, or up to date; 1 --check found a difference; 2 it could not run.
`;

await main(async () => {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const file = join(root, 'README.md');
  const before = await readFile(file, 'utf8');
  const progress = startProgress();
  const checked = await checkRepository(['kind'], { useCache: true, progress: progress.say });
  progress.done();
  const after = freshReadme(before, await readAddresses(root), checked);
  if (before === after) return 0;
  if (values.check) {
    process.stderr.write('README.md is not what the repository says: run npm run readme\n');
    return 1;
  }
  await writeFile(file, after);
  return 0;
});
