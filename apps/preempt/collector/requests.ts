import { setTimeout as sleep } from 'node:timers/promises';
import { backoff, type Log } from '@plumbline/kit';
import type { Budget } from './budget.ts';
import type { Insist } from './insist.ts';
import { pauseOf } from './pause.ts';
import { type Answer, ask, callsOf, type Place } from './source.ts';

export interface RequestsOptions {
  readonly url: string;
  readonly fields: readonly string[];
  readonly budget: Budget;
  /** The database's time. */
  readonly now: () => Date;
  /** Milliseconds until the run's deadline. */
  readonly remaining: () => number;
  readonly insist: Insist;
  readonly keep: (answer: Answer & { kind: 'given' }) => Promise<void>;
  /** Notes places that the source refuses, each alone. */
  readonly markRefused: (places: readonly Place[]) => Promise<void>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** What the requests of a run came to. */
export interface So {
  readonly calls: number;
  readonly refused: number;
  readonly stopped: string | undefined;
  readonly paused: boolean;
}

/** The requests of a run to the source: what stops one for good stops all. */
export interface Requests {
  /** Asks for some places, again where it may do better, and by halves where the source refuses them together. */
  readonly request: (places: readonly Place[]) => Promise<void>;
  readonly so: () => So;
}

const mostTries = 4;
const requestMilliseconds = 20_000;
/** So many places refused alone, and nothing given: what is asked for is wrong, and not where. */
const refusedAtMost = 3;

export function createRequests(options: RequestsOptions): Requests {
  const { url, fields, budget, now, remaining, insist, keep, log, signal } = options;
  let [calls, refused, given] = [0, 0, 0];
  let stopped: string | undefined;
  let paused = false;
  let unmarked: Place[] = [];
  let halving: Promise<unknown> = Promise.resolve();
  const stop = (why: string) => {
    stopped ??= why;
  };
  const markRefused = async () => {
    // A source that gives nothing at all says nothing about a place.
    if (given === 0 || unmarked.length === 0) return;
    const places = unmarked;
    unmarked = [];
    await options.markRefused(places);
  };
  /** Whether the source may be asked now: what it wants to be left alone for is waited for. */
  const mayAsk = async (): Promise<boolean> => {
    for (;;) {
      if (signal.aborted) stop('told to end');
      else if (remaining() < 1000) stop('the deadline is over');
      if (stopped !== undefined) return false;
      const pause = await insist('mysql', budget.paused);
      if (pause === undefined) return true;
      const milliseconds = pause.until.getTime() - now().getTime();
      if (milliseconds > remaining()) {
        stop(`the source: ${pause.reason}; it is not asked before ${pause.until.toISOString()}`);
        paused = true;
        return false;
      }
      await sleep(Math.max(1, milliseconds), undefined, { signal }).catch(() => {});
    }
  };
  const halve = async (places: readonly Place[]) => {
    const middle = (places.length + 1) >> 1;
    await request(places.slice(0, middle), true);
    await request(places.slice(middle), true);
  };
  const refuse = async (places: readonly Place[], answer: Answer & { kind: 'refused' }, half: boolean) => {
    const { reason, divisible } = answer;
    if (!divisible) return stop(`the source refused: ${reason}`);
    const [place] = places;
    if (places.length > 1 || place === undefined) {
      if (half) return halve(places);
      // One after the other: where what is asked for is wrong, the first finds that out.
      const turn = halving.then(() => halve(places));
      halving = turn.catch(() => {});
      return turn;
    }
    refused += 1;
    unmarked.push(place);
    log.error({ ...place, reason }, 'the source refuses a location; it is left for a day');
    await markRefused();
    if (given === 0 && refused >= refusedAtMost) stop(`the source refused: ${reason}`);
  };
  const request = async (places: readonly Place[], half = false): Promise<void> => {
    const waits = backoff(1000, 15_000);
    const cost = callsOf(places.length, fields.length);
    for (let tries = 1; tries <= mostTries; tries += 1) {
      if (!(await mayAsk())) return;
      if (!(await insist('mysql', () => budget.spend(cost, half || tries > 1)))) {
        return stop('the budget is spent');
      }
      calls += cost;
      const deadline = Math.min(requestMilliseconds, remaining());
      const answer = await ask({ url, fields, places, deadline });
      if (answer.kind === 'given') {
        await keep(answer);
        given += places.length;
        return markRefused();
      }
      log.warn({ tries, locations: places.length, reason: answer.reason }, `the source: ${answer.kind}`);
      if (answer.kind === 'refused') return refuse(places, answer, half);
      const until = pauseOf(answer, now());
      // Whoever is told to wait lets all others wait as well, in this run and in the next ones.
      if (until !== undefined) await insist('mysql', () => budget.pause({ until, reason: answer.reason }));
      if (answer.kind === 'limited' && answer.window !== 'minute')
        return stop(`the source: ${answer.reason}`);
      if (until === undefined && tries < mostTries) await waits.wait(signal);
    }
    log.error({ locations: places.length }, `given up after ${mostTries} tries`);
  };
  return { request: (places) => request(places), so: () => ({ calls, refused, stopped, paused }) };
}
