export { isAway, isRefused, isUnavailable, mysqlErrno } from './errors.ts';
export { type Bound, type Changed, connectPool, type Pool, type PoolOptions, type Session } from './pool.ts';
export { type MysqlConfig, mysqlSettings } from './settings.ts';
export { inTransaction } from './transaction.ts';
