import { AsyncLocalStorage } from 'node:async_hooks';

/** What a page found out while it was made, for whoever sends it. */
export interface RequestState {
  readonly backendUrl: string;
  backendAway: boolean;
}

/** Pages are bundled apart from the server: the process is all that they share. */
export const requestStates = new AsyncLocalStorage<RequestState>();
Object.assign(globalThis, { [Symbol.for('feastflow-frontend.request')]: requestStates });
