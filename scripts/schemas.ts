import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  compareSchemaFiles,
  generateSchemas,
  readSources,
  writeSchemaFiles,
} from '../validators/schemas/generate/index.ts';
import { SCHEMA_FOLDER } from '../validators/schemas/index.ts';

const HELP = `Usage: npm run schemas -- [--check]

Makes the JSON schemas that kubeconform reads from the Go modules pinned in validators/schemas/sources.yaml.
Needs go, and the network unless the modules are in Go's cache.

  --check   write nothing; fail if the vendored files differ from what their sources make
  --help    show this

Exit codes: 0 done, or up to date; 1 --check found differences; 2 wrong use, or a source could not be read.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  const files = await generateSchemas(await readSources(join(SCHEMA_FOLDER, 'sources.yaml')), report);
  if (values.check) {
    const differences = await compareSchemaFiles(SCHEMA_FOLDER, files);
    for (const difference of differences) report(difference);
    report(
      differences.length === 0
        ? 'The vendored schemas are up to date.'
        : 'Run node scripts/schemas.ts and commit the result.',
    );
    return differences.length === 0 ? 0 : 1;
  }
  await writeSchemaFiles(SCHEMA_FOLDER, files);
  const size = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  report(`${files.size} files, ${(size / 1e6).toFixed(2)} MB`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
