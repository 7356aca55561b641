import { backoff, type Log, within } from '@plumbline/kit';
import { connectPool, type PostgresConfig } from '@plumbline/kit/postgres';

export interface Listener {
  /** Ends with the signal. */
  readonly ended: Promise<void>;
}

export interface ListenerOptions {
  readonly config: PostgresConfig;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** What the database tells: the id of an order that is new or has changed. */
  readonly onOrder: (id: string) => void;
  /** It listens from now on; what was told before is lost. */
  readonly onListening: () => void;
  readonly onLost: () => void;
}

/** How often a connection is tried that tells nothing, and how long it may take: milliseconds. */
const every = 5000;
const answersWithin = 4000;

/**
 * Listens to the database on a connection of its own, and connects again when it breaks or does not answer. Whatever
 * was told meanwhile is lost: `onListening` says that all is to be read anew.
 */
export function listenForOrders(options: ListenerOptions): Listener {
  const { config, log, signal, onOrder, onListening, onLost } = options;
  const pool = connectPool(config, 'feastflow-backend listening', 1, log, { statementSeconds: 4 });
  const once = async () => {
    const client = await pool.connect();
    let broken: Error | undefined;
    const breaks = new AbortController();
    const fail = (error: Error) => {
      broken ??= error;
      breaks.abort();
    };
    const stop = () => breaks.abort();
    signal.addEventListener('abort', stop, { once: true });
    client.on('error', fail);
    client.on('end', () => fail(new Error('the connection ended')));
    client.on('notification', ({ payload }) => {
      if (payload !== undefined) onOrder(payload);
    });
    let beat: NodeJS.Timeout | undefined;
    try {
      await client.query('LISTEN orders');
      onListening();
      waits.reset();
      beat = setInterval(() => {
        within(client.query('SELECT 1'), answersWithin, 'the database did not answer').catch(fail);
      }, every);
      await new Promise<void>((resolve) => {
        if (breaks.signal.aborted || signal.aborted) resolve();
        breaks.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    } finally {
      clearInterval(beat);
      signal.removeEventListener('abort', stop);
      onLost();
      client.release(true);
    }
    if (broken !== undefined) throw broken;
  };
  const waits = backoff(200, 5000);
  const run = async () => {
    while (!signal.aborted) {
      try {
        await once();
      } catch (error) {
        if (waits.attempts() % 10 === 0) log.warn({ err: error }, 'the database tells nothing; trying again');
        await waits.wait(signal);
      }
    }
    await pool.end();
  };
  return { ended: run() };
}
