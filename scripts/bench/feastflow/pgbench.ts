import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@plumbline/validators';
import { sql } from '../../../apps/feastflow/sql/index.ts';
import type { Trial } from '../../../trial/trial.ts';
import { type Measured, quantiles } from './closed-loop.ts';
import { type BenchShop, type Dishes, pgbenchOf } from './shop.ts';

/** A script of pgbench, and how often it is run beside the others. */
export interface Script {
  readonly weight: number;
  readonly text: string;
}

/** A statement of the backend, with what stands for its parameters. */
export function statement(name: keyof typeof sql, values: readonly string[]): string {
  const text = sql[name].replaceAll(/^--.*$/gm, '').trim();
  const filled = text.replaceAll(/\$(\d+)/g, (_, number: string) => {
    const value = values[Number(number) - 1];
    if (value === undefined) throw new Error(`${name}.sql takes a $${number}`);
    return value;
  });
  return `${filled};\n`;
}

/** An order of two dishes by one of so many guests: what the backend asks the database for `POST /api/orders`. */
export function orderScript({ first, count }: Dishes, guests: number, perMinute: number): Script {
  const [account, id] = ['md5((:guest)::text)::uuid', 'md5((:order)::text)::uuid'];
  const dishes = 'ARRAY[:one, :other]::integer[]';
  const key = "'bench-' || (:order)::text";
  const text = [
    `\\set guest random(1, ${guests})\n`,
    '\\set order random(1, 9000000000000000000)\n',
    `\\set one random(0, ${count - 1})\n`,
    `\\set other ${first} + (:one + random(1, ${count - 1})) % ${count}\n`,
    `\\set one ${first} + :one\n`,
    statement('spend', ["'orders:' || md5((:guest)::text)", String(60 / perMinute)]),
    statement('place-order', [
      ...[id, account, key, "'\\x00'::bytea", "'1 Main Street'", "''"],
      ...[dishes, 'ARRAY[1, 1]::integer[]', 'NULL'],
    ]),
    statement('orders-by-id', [`ARRAY[${id}]`]),
  ];
  return { weight: 1, text: text.join('') };
}

/** Runs scripts by so many clients; the statements are prepared once by each. */
export async function pgbench(
  trial: Trial,
  { services }: BenchShop,
  options: { readonly scripts: readonly Script[]; readonly clients: number; readonly seconds: number },
): Promise<Measured> {
  const { host, port, user, password, database } = services.login;
  const folder = await mkdtemp(join(trial.folder, 'pgbench-'));
  try {
    const files: string[] = [];
    for (const [index, { weight, text }] of options.scripts.entries()) {
      const path = join(folder, `script${index}.sql`);
      await writeFile(path, text);
      files.push(`--file=${path}@${weight}`);
    }
    const log = join(folder, 'took');
    const ran = await run(
      pgbenchOf(services),
      [
        ...['--no-vacuum', '--protocol=prepared', '--jobs=2', `--client=${options.clients}`],
        ...[`--time=${options.seconds}`, '--log', `--log-prefix=${log}`, ...files],
        ...[`--host=${host}`, `--port=${port}`, `--username=${user}`, database],
      ],
      { env: { PGPASSWORD: password }, deadline: options.seconds * 1000 + 60_000 },
    );
    const output = ran.stdout.toString('utf8');
    const rate = Number(/^tps = ([\d.]+)/m.exec(output)?.[1]);
    if (ran.status !== 0 || Number.isNaN(rate)) throw new Error(`pgbench: ${ran.stderr}\n${output}`);
    const took: number[] = [];
    for (const name of await readdir(folder)) {
      if (!name.startsWith('took.')) continue;
      // A line a transaction: client, number, microseconds.
      for (const line of (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n'))
        took.push(Number(line.split(' ')[2]) / 1000);
    }
    const failed = Number(/^number of failed transactions: (\d+)/m.exec(output)?.[1] ?? 0);
    return { answers: took.length, rate, ...quantiles(took), failed };
  } finally {
    await rm(folder, { recursive: true });
  }
}
