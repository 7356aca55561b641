export { awaitSchema, deadlineSetting, withDeadline } from './await-schema.ts';
export {
  type Applied,
  type Migration,
  missingMigrations,
  readMigrations,
  SchemaRefused,
} from './migrations.ts';
export { runMigrations } from './run-migrations.ts';
