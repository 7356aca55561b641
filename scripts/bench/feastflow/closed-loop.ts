import { Agent, request } from 'node:http';

export interface Ask {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ClosedLoopOptions {
  /** Where requests go, in turn. */
  readonly urls: readonly string[];
  /** Requests under way at a time, each on a connection that is kept. */
  readonly clients: number;
  readonly seconds: number;
  /** The n-th request. */
  readonly ask: (index: number) => Ask;
}

export interface Measured {
  /** Good answers. */
  readonly answers: number;
  /** Of them a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** What was no 2xx, or no answer at all. */
  readonly failed: number;
}

const deadline = 30_000;

/** So many clients, each of which asks again when it was answered: as pgbench's do. */
export async function closedLoop({ urls, clients, seconds, ask }: ClosedLoopOptions): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const took: number[] = [];
  let failed = 0;
  let next = 0;
  const begin = performance.now();
  const end = begin + seconds * 1000;
  const one = (url: string, { method, path, headers = {}, body }: Ask) =>
    new Promise<boolean>((resolve) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const asked = request(
        `${url}${path}`,
        { method, agent, timeout: deadline, headers: { ...headers, ...length } },
        (answer) => {
          const { statusCode = 0 } = answer;
          answer.resume();
          answer.on('end', () => resolve(statusCode >= 200 && statusCode < 300));
          answer.on('error', () => resolve(false));
        },
      );
      asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
      asked.on('error', () => resolve(false));
      asked.end(body);
    });
  const client = async (url: string) => {
    while (performance.now() < end) {
      const from = performance.now();
      const isGood = await one(url, ask(next++));
      if (isGood) took.push(performance.now() - from);
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => client(urls[index % urls.length] ?? '')));
  const whole = (performance.now() - begin) / 1000;
  agent.destroy();
  return { answers: took.length, rate: took.length / whole, ...quantiles(took), failed };
}

/** The middle, and what 99 of 100 are below. */
export function quantiles(values: readonly number[]): { readonly p50: number; readonly p99: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}
