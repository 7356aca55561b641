import type { Socket } from 'node:net';
import { type PoolConnection as Connection, type Pool as Connections, createPool } from 'mysql2/promise';
import type { Log } from '../log.ts';
import { within } from '../within.ts';
import { mysqlErrno } from './errors.ts';
import type { MysqlConfig } from './settings.ts';

/** What a statement takes for a `?`: escaped by the client; a list of lists becomes `(a, b), (c, d)`. */
export type Bound = string | number | null | Date | Buffer | readonly Bound[];

/** What a statement changed. */
export interface Changed {
  /** Rows that it touched: for an upsert, 1 a new row, 2 a changed one, 0 one that stayed as it was. */
  readonly affected: number;
  readonly insertId: number;
}

/** What statements are given to: the pool, each on any connection, or one connection in a transaction. */
export interface Session {
  /** The rows that a statement gives; DATETIME as a Date in UTC, DECIMAL as a number. */
  readonly query: <Row>(text: string, values?: readonly Bound[]) => Promise<Row[]>;
  /** Does a statement that gives no rows. */
  readonly change: (text: string, values?: readonly Bound[]) => Promise<Changed>;
}

export interface Pool extends Session {
  /** Lends one connection for some work; one that did not answer is not used again. */
  readonly use: <Result>(work: (session: Session) => Promise<Result>) => Promise<Result>;
  /** Takes leave of the server; a connection that does not answer is cut off after 5 s. */
  readonly end: () => Promise<void>;
}

export interface PoolOptions {
  /** Seconds after which a statement is given up, and its connection with it; 60 by default. */
  readonly statementSeconds?: number;
  /** Seconds after which the server gives up a wait for somebody's lock; 30 by default. */
  readonly lockSeconds?: number;
}

/**
 * What every connection is told first. The server's own defaults differ between MySQL and MariaDB: what a statement
 * may do must not depend on them.
 */
const greeting = (lockSeconds: number) => [
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  `SET SESSION time_zone = '+00:00', SESSION innodb_lock_wait_timeout = ${lockSeconds}`,
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

/** What the connection of callbacks has that is used here. */
interface Raw {
  readonly query: (options: { sql: string; timeout: number }, done: (error: Error | null) => void) => void;
  readonly stream: Socket;
  readonly on: (event: 'error', listener: (error: Error) => void) => void;
}

const courtesyMilliseconds = 5000;

/**
 * A pool of at most `size` connections, of which each gives up connecting after 5 s. A statement that has no answer in
 * time is given up with its connection: what it did is then not known, as for a connection that broke.
 */
export function connectPool(
  config: MysqlConfig,
  name: string,
  size: number,
  log: Log,
  { statementSeconds = 60, lockSeconds = 30 }: PoolOptions = {},
): Pool {
  const { host, port, database, user, password } = config;
  const pool = createPool({
    host,
    port,
    database,
    user,
    password,
    connectionLimit: size,
    connectTimeout: 5000,
    enableKeepAlive: true,
    timezone: 'Z',
    charset: 'UTF8MB4_UNICODE_CI',
    decimalNumbers: true,
    connectAttributes: { program_name: name },
  });
  const open = new Set<Socket>();
  // The face of promises hands on the connection of callbacks: its commands wait for each other.
  pool.on('connection', (connection) => {
    const raw = connection as unknown as Raw;
    open.add(raw.stream);
    raw.stream.once('close', () => open.delete(raw.stream));
    raw.on('error', (error) => log.warn({ err: error }, 'an idle connection to the database broke'));
    for (const sql of greeting(lockSeconds)) {
      raw.query({ sql, timeout: courtesyMilliseconds }, (cause) => {
        if (cause === null) return;
        const message = 'the database did not take what every connection is told first';
        if (mysqlErrno(cause) !== undefined) log.error({ err: cause }, message);
        // What waits behind it fails with the socket only: to destroy the connection would leave that waiting.
        raw.stream.destroy(new Error(message, { cause }));
      });
    }
  });
  const use = <Result>(work: (session: Session) => Promise<Result>) =>
    lend(pool, statementSeconds * 1000, work);
  return {
    use,
    query: (text, values) => use((session) => session.query(text, values)),
    change: (text, values) => use((session) => session.change(text, values)),
    async end() {
      await within(pool.end(), courtesyMilliseconds, 'the database did not let go').catch((error: Error) => {
        log.warn({ err: error }, 'connections to the database are cut off');
        for (const socket of open) socket.destroy();
      });
    },
  };
}

async function lend<Result>(
  pool: Connections,
  milliseconds: number,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const connection = await pool.getConnection();
  let broken = false;
  const ask = async (text: string, values: readonly Bound[] = []) => {
    try {
      const [answer] = await connection.query({ sql: text, values: [...values], timeout: milliseconds });
      return answer;
    } catch (error) {
      broken ||= mysqlErrno(error) === undefined;
      throw error;
    }
  };
  try {
    return await work({
      query: async <Row>(text: string, values?: readonly Bound[]) => (await ask(text, values)) as Row[],
      async change(text, values) {
        const { affectedRows, insertId } = (await ask(text, values)) as {
          affectedRows: number;
          insertId: number;
        };
        return { affected: affectedRows, insertId };
      },
    });
  } finally {
    giveBack(connection, broken);
  }
}

/** One whose last statement may still run would answer the next one with its result. */
function giveBack(connection: Connection, broken: boolean): void {
  if (broken) connection.destroy();
  else connection.release();
}
