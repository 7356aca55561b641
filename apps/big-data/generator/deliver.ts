import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '@plumbline/kit';
import type { Line } from './lines.ts';

/** What became of the lines so far. */
export interface Counts {
  made: number;
  /** The gateway said that the broker has them. */
  acknowledged: number;
  /** Spoilt, and refused as they had to be. */
  refused: number;
  /** Refused, and not spoilt. */
  unexpected: number;
  /** Tries that were not answered with 202 or 422. */
  retries: number;
  /** Why the last try failed, while nothing was acknowledged since. */
  waiting: string | undefined;
}

/** The gateway will not take this, however often it is asked. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Nothing was acknowledged for longer than the patience. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp';
}

export interface DeliverOptions {
  /** Where `/events` is: `http://localhost:8000`. */
  readonly url: string;
  readonly token: string;
  /** Milliseconds without an acknowledgement after which it gives up. */
  readonly patience: number;
  readonly counts: Counts;
  readonly signal: AbortSignal;
}

const requestDeadline = 40_000;
/** However long a server asks to be left alone. */
const longestWait = 30_000;

/**
 * Sends a batch until each of its lines is acknowledged or refused: after 503 or 429 it comes back when Retry-After says,
 * after anything else that passes with growing waits. @throws Refused, GaveUp, or the signal's reason
 */
export async function deliver(lines: readonly Line[], options: DeliverOptions): Promise<void> {
  const { counts, patience, signal } = options;
  const waits = backoff(200, 5000);
  let rest = lines;
  let since = performance.now();
  let acknowledged = counts.acknowledged;
  while (rest.length > 0) {
    signal.throwIfAborted();
    const answer = await post(rest, options);
    if (answer.kind === 'taken') {
      counts.acknowledged += rest.length;
      counts.waiting = undefined;
      return;
    }
    if (answer.kind === 'wrong') {
      rest = without(rest, answer.indices, counts);
      continue;
    }
    if (answer.kind === 'too-large' && rest.length > 1) {
      const half = rest.length >> 1;
      await deliver(rest.slice(0, half), options);
      rest = rest.slice(half);
      continue;
    }
    if (answer.kind !== 'later')
      throw new Refused(answer.kind === 'refused' ? answer.why : 'an event is too large');
    // Others that get on show that the gateway lives.
    if (counts.acknowledged > acknowledged) since = performance.now();
    acknowledged = counts.acknowledged;
    counts.retries += 1;
    counts.waiting = answer.why;
    if (performance.now() - since + (answer.after ?? 0) > patience)
      throw new GaveUp(`nothing was acknowledged for ${Math.round(patience / 1000)} s: ${answer.why}`);
    if (answer.after === undefined) await waits.wait(signal);
    else await sleep(answer.after + Math.random() * 100, undefined, { signal }).catch(() => {});
  }
}

type Answer =
  | { readonly kind: 'taken' }
  | { readonly kind: 'wrong'; readonly indices: readonly number[] }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'later'; readonly why: string; readonly after?: number }
  | { readonly kind: 'refused'; readonly why: string };

async function post(lines: readonly Line[], { url, token, signal }: DeliverOptions): Promise<Answer> {
  const headers: Record<string, string> = { 'content-type': 'application/x-ndjson' };
  if (token !== '') headers.authorization = `Bearer ${token}`;
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(`${url}/events`, {
      method: 'POST',
      headers,
      body: lines.map((line) => `${line.text}\n`).join(''),
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestDeadline)]),
    });
    text = await answer.text();
  } catch (error) {
    signal.throwIfAborted();
    const { message, cause } = error as Error & { cause?: Error & { code?: string } };
    return { kind: 'later', why: `no answer from ${url} (${cause?.code ?? cause?.message ?? message})` };
  }
  const { status } = answer;
  if (status === 202) return { kind: 'taken' };
  const said = problemOf(text);
  if (status === 422 && said.indices.length > 0) return { kind: 'wrong', indices: said.indices };
  if (status === 413) return { kind: 'too-large' };
  const why = `${url} answers ${status}${said.detail}`;
  if (status < 500 && status !== 429 && status !== 408) return { kind: 'refused', why };
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
  if (!(seconds >= 0)) return { kind: 'later', why };
  return { kind: 'later', why, after: Math.min(seconds * 1000, longestWait) };
}

/** What a problem document says; nothing of what is none. */
function problemOf(text: string): { readonly detail: string; readonly indices: readonly number[] } {
  try {
    const { detail, errors } = JSON.parse(text) as { detail?: unknown; errors?: { index?: unknown }[] };
    const indices = (errors ?? []).map(({ index }) => Number(index)).filter(Number.isInteger);
    return { detail: typeof detail === 'string' ? `: ${detail}` : '', indices };
  } catch {
    return { detail: '', indices: [] };
  }
}

function without(lines: readonly Line[], indices: readonly number[], counts: Counts): readonly Line[] {
  const wrong = new Set(indices.filter((index) => index < lines.length));
  if (wrong.size === 0) throw new Refused('the gateway refuses lines that were not sent');
  for (const index of wrong) {
    if (lines[index]?.malformed === true) counts.refused += 1;
    else counts.unexpected += 1;
  }
  return lines.filter((_, index) => !wrong.has(index));
}
