import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readAddresses } from '../deploy/index.ts';
import { withAddressTable } from './lib/address-table.ts';
import { main } from './lib/main.ts';
import { root } from './lib/root.ts';

const help = `Usage: npm run readme -- [--check]

Writes the README's table of addresses anew from overlays/addresses.yaml.

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
  const after = withAddressTable(before, await readAddresses(root));
  if (before === after) return 0;
  if (values.check) {
    process.stderr.write('README.md is not what overlays/addresses.yaml says: run npm run readme\n');
    return 1;
  }
  await writeFile(file, after);
  return 0;
});
