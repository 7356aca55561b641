export { type CopyText, copyColumn, copyRows } from './copy.ts';
export { isAway, isUnavailable, sqlState } from './errors.ts';
export { migrate, migrationSql, schemaVersion } from './migrate.ts';
export { connectPool, type Pool, type PoolClient, type PostgresConfig, postgresSettings } from './pool.ts';
export { storable } from './storable.ts';
export { inTransaction } from './transaction.ts';
