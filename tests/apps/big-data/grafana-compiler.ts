import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { root } from '../../house/repository.ts';

/** A value, and the type of `grafana-types.ts` that it should have. */
export type Typed = readonly [
  type: 'Dashboard' | 'DataSources' | 'DashboardProviders' | 'PrometheusDashboard',
  value: unknown,
];

/** Has the compiler hold values against types. @returns the names of those that it says something about, and what */
export async function check(values: Readonly<Record<string, Typed>>) {
  await mkdir(join(root, '.cache'), { recursive: true });
  // In the repository, where the compiler finds Grafana's package.
  const scratch = await mkdtemp(join(root, '.cache', 'grafana-'));
  try {
    const types = JSON.stringify(join(root, 'tests/apps/big-data/grafana-types.ts'));
    for (const [name, [type, value]] of Object.entries(values)) {
      const text = `import type * as grafana from ${types};\nexport const value: grafana.${type} = ${JSON.stringify(value, null, 2)};\n`;
      await writeFile(join(scratch, `${name}.ts`), text);
    }
    const config = { extends: join(root, 'tsconfig.json'), include: ['*.ts'], exclude: [] };
    await writeFile(join(scratch, 'tsconfig.json'), JSON.stringify(config));
    const compiler = join(root, 'node_modules/.bin/tsc');
    const { status, stdout } = await run(compiler, ['--project', scratch, '--pretty', 'false'], {
      deadline: 60_000,
    });
    const said = stdout.toString();
    const wrong = new Set([...said.matchAll(/(\w+)\.ts\(\d+,\d+\): error/g)].map(([, name]) => name));
    return { status, said, wrong };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
