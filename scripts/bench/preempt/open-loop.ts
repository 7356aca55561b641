import { Agent, request } from 'node:http';

export interface Measured {
  /** Answers a second, over the whole time. */
  readonly rate: number;
  /** Milliseconds from when a request was due to the end of its answer. */
  readonly median: number;
  readonly p99: number;
  /** What was not a 200 or 304, or no answer at all, or not within the deadline. */
  readonly errors: number;
}

export interface OpenLoopOptions {
  readonly url: string;
  /** The path of the n-th request. */
  readonly path: (index: number) => string;
  readonly perSecond: number;
  readonly seconds: number;
}

const deadline = 10_000;
/** Seconds that do not count: code is compiled, tables come into memory. */
export const warmSeconds = 3;

/**
 * Sends requests at a fixed rate, whether or not the ones before were answered, and times each from the moment when it
 * was due: a server that halts is charged with all that had to wait (no coordinated omission). The first
 * seconds warm up and do not count.
 */
export async function openLoop({ url, path, perSecond, seconds }: OpenLoopOptions): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  const warm = warmSeconds * perSecond;
  const total = warm + seconds * perSecond;
  const took: number[] = [];
  let errors = 0;
  let lastEnd = 0;
  const begin = performance.now() + 50;
  const due = (index: number) => begin + (index * 1000) / perSecond;
  const pending: Promise<void>[] = [];
  const send = (index: number) =>
    new Promise<void>((resolve) => {
      const done = (isGood: boolean) => {
        const now = performance.now();
        if (index >= warm) {
          if (!isGood) errors += 1;
          took.push(now - due(index));
          lastEnd = now;
        }
        resolve();
      };
      const asked = request(`${url}${path(index)}`, { agent, timeout: deadline }, (answer) => {
        answer.resume();
        answer.on('end', () => done(answer.statusCode === 200 || answer.statusCode === 304));
        answer.on('error', () => done(false));
      });
      asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
      asked.on('error', () => done(false));
      asked.end();
    });
  let next = 0;
  await new Promise<void>((resolve) => {
    const tick = () => {
      const now = performance.now();
      for (; next < total && due(next) <= now; next += 1) pending.push(send(next));
      if (next === total) resolve();
      else setTimeout(tick, 1);
    };
    tick();
  });
  await Promise.all(pending);
  agent.destroy();
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return { rate: took.length / ((lastEnd - due(warm)) / 1000), median: at(0.5), p99: at(0.99), errors };
}
