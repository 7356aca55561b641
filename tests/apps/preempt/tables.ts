import { knownMigrations, statementsOf } from '../../../apps/preempt/schema/migrate.ts';
import { sql } from '../../../apps/preempt/sql/index.ts';

/** The tables that the migrations leave, with their columns. */
export async function tablesOf(): Promise<Map<string, Set<string>>> {
  const tables = new Map<string, Set<string>>();
  const statements = (await knownMigrations()).flatMap(statementsOf);
  for (const statement of [...statements, sql['make-migrations']]) {
    const [, table = '', body = ''] =
      /CREATE TABLE IF NOT EXISTS ([a-z_]+) \(\n(.*)\n\)/s.exec(statement) ?? [];
    if (table === '') throw new Error(`a statement that this test does not understand: ${statement}`);
    tables.set(table, new Set([...body.matchAll(/^ {2}([a-z0-9_]+) /gm)].map(([, column = '']) => column)));
  }
  return tables;
}
