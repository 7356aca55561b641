import type { AsyncLocalStorage } from 'node:async_hooks';
import { cache } from 'react';

/** What the server around Next.js keeps of a request; see serve/request-state.ts. */
interface RequestState {
  readonly backendUrl: string;
  backendAway: boolean;
}

export type Asked<Value> =
  | { readonly kind: 'here'; readonly value: Value }
  | { readonly kind: 'not-there' }
  | { readonly kind: 'away' };

/** Below what a guest waits for without being told anything. */
const deadline = 5000;

/**
 * Asks the backend for what everybody may see, once for all parts of a page. Where it does not answer, the page's status
 * becomes 503.
 */
export const askBackend = cache(async (path: string): Promise<Asked<unknown>> => {
  const states = (globalThis as unknown as Record<symbol, AsyncLocalStorage<RequestState> | undefined>)[
    Symbol.for('feastflow-frontend.request')
  ];
  const state = states?.getStore();
  if (state === undefined) throw new Error('a page is made outside of the server: see serve/main.ts');
  try {
    const answer = await fetch(`${state.backendUrl}${path}`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(deadline),
    });
    if (answer.ok) return { kind: 'here', value: await answer.json() };
    await answer.body?.cancel();
    if (answer.status === 400 || answer.status === 404) return { kind: 'not-there' };
  } catch (error) {
    console.warn(`${path}: ${(error as Error).message}`);
  }
  state.backendAway = true;
  return { kind: 'away' };
});
