import pg from 'pg';
import { matching, number, secret, text } from '../config.ts';
import type { Log } from '../log.ts';
import { storable } from './storable.ts';

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;

/** Where the database is: the variables that the manifests give to every worker of it. */
export const postgresSettings = {
  host: matching('DB_HOST', 'the name of the Service of the database, as lambda-postgres', /^[\w.:/-]+$/),
  port: number('DB_PORT', 'the port of the database', { least: 1, most: 65535, fallback: 5432 }),
  database: text('DB_NAME', 'the name of the database'),
  user: text('DB_USER', 'the login of the database'),
  password: secret('DB_PASSWORD', 'the password of DB_USER'),
} as const;

export interface PostgresConfig {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** What differs between the workers' connections. */
export interface PoolOptions {
  /** Seconds after which a statement is given up; 60 by default. */
  readonly statementSeconds?: number;
  /** Seconds after which a wait for somebody's lock is given up; 30 by default. */
  readonly lockSeconds?: number;
  /** Seconds after which a wait for a connection, a new one or one of the pool, is given up; 5 by default. */
  readonly connectSeconds?: number;
  /**
   * A commit does not wait for the disk. Only for transactions that hold all they depend on, their own position
   * included: a server that dies forgets the last of them whole, and their work is done again.
   * Source: PostgreSQL's documentation, "Asynchronous Commit".
   */
  readonly mayForget?: boolean;
  /**
   * Each statement with parameters is parsed and planned once a connection. For workers whose statements are few and
   * always the same, and name the columns that they want: one that returns `*` fails when a migration adds some.
   */
  readonly prepares?: boolean;
}

/**
 * A pool of at most `size` connections, of which each gives up connecting after some seconds; a connection that breaks while
 * idle is logged and replaced. Whatever text is bound to a statement is made one that the database can hold: a record's
 * own bytes, in an error that quotes them, must not make the statement fail that keeps them.
 */
export function connectPool(
  config: PostgresConfig,
  name: string,
  size: number,
  log: Log,
  {
    statementSeconds = 60,
    lockSeconds = 30,
    connectSeconds = 5,
    mayForget = false,
    prepares = false,
  }: PoolOptions = {},
): Pool {
  const names = new Map<string, string>();
  const nameOf = (text: string) => {
    const name = names.get(text) ?? `s${names.size + 1}`;
    names.set(text, name);
    return name;
  };
  const pool = new pg.Pool({
    ...config,
    ...(mayForget ? { options: '-c synchronous_commit=off' } : {}),
    application_name: name,
    max: size,
    connectionTimeoutMillis: connectSeconds * 1000,
    statement_timeout: statementSeconds * 1000,
    // The server's own limit ends a statement; this one is for a server that does not answer at all.
    query_timeout: (statementSeconds + 5) * 1000,
    lock_timeout: lockSeconds * 1000,
    idle_in_transaction_session_timeout: 20_000,
    keepAlive: true,
  });
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    const bound = (text: unknown, values: unknown, ...rest: unknown[]) => {
      if (!Array.isArray(values)) return query(text, values, ...rest);
      const storables = values.map(storable);
      if (!prepares || typeof text !== 'string') return query(text, storables, ...rest);
      return query({ name: nameOf(text), text, values: storables }, ...rest);
    };
    client.query = bound as typeof client.query;
  });
  pool.on('error', (error) => log.warn({ err: error }, 'an idle connection to the database broke'));
  return pool;
}
