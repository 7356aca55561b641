import type { Account, Opened, ProblemDocument } from '../shop/types.ts';
import { forGood } from './kept.ts';
import { createStore } from './store.ts';

export type Session =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'guest' }
  | { readonly kind: 'signed-in'; readonly account: Account };

export type Answered<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'refused'; readonly problem: ProblemDocument; readonly name: string }
  /** Whether it was done is not known. */
  | { readonly kind: 'away' };

const store = createStore<Session>({ kind: 'unknown' });
export const useSession = store.use;

/** In this page's memory alone. */
let access: { readonly token: string; readonly until: number } | undefined;
/** That there may be a cookie, which no script reads: a guest's page asks for nothing. */
const hint = 'signed-in';
const refreshing = 'refreshing-since';
const requestMilliseconds = 15_000;

/** What a problem is, by the last part of its type. */
const nameOf = ({ type }: ProblemDocument) => type.split('/').at(-1) ?? '';

async function send<Value>(
  method: string,
  path: string,
  { body, headers, token, keepalive = false }: SendOptions = {},
): Promise<Answered<Value>> {
  try {
    const answer = await fetch(path, {
      method,
      keepalive,
      cache: 'no-store',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(requestMilliseconds),
    });
    if (answer.status >= 500) return { kind: 'away' };
    const text = await answer.text();
    const value = text === '' ? undefined : JSON.parse(text);
    if (answer.ok) return { kind: 'done', value };
    return { kind: 'refused', problem: value, name: nameOf(value) };
  } catch {
    return { kind: 'away' };
  }
}

interface SendOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string | undefined;
  /** It is finished even when the page is left. */
  readonly keepalive?: boolean;
}

function open({ accessToken, expiresIn, account }: Opened): void {
  access = { token: accessToken, until: Date.now() + expiresIn * 1000 };
  forGood.write(hint, true);
  store.set({ kind: 'signed-in', account });
}

function close(): void {
  access = undefined;
  forGood.write(hint, undefined);
  store.set({ kind: 'guest' });
}

/** One page of this browser at a time: a refresh token that comes twice ends its session. */
async function alone<Value>(work: () => Promise<Value>): Promise<Value> {
  // Without https there are no locks, but on a laptop's own names.
  if (navigator.locks === undefined) return work();
  return navigator.locks.request('feastflow-session', work);
}

let underWay: Promise<boolean> | undefined;

/** Takes the cookie for a new access token. @returns whether that is known: the backend may be away. */
function refresh(): Promise<boolean> {
  underWay ??= alone(async () => {
    // A page that was left has asked, and its answer brings the cookie that is good now.
    const since = forGood.read<number>(refreshing) ?? 0;
    const left = since + 2000 - Date.now();
    if (left > 0 && left <= 2000) await new Promise((resolve) => setTimeout(resolve, left));
    forGood.write(refreshing, Date.now());
    const answered = await send<Opened>('POST', '/api/session/refresh', { keepalive: true });
    forGood.write(refreshing, undefined);
    if (answered.kind === 'done') open(answered.value);
    else if (answered.kind === 'refused' && answered.problem.status === 401) close();
    else return false;
    return true;
  }).finally(() => {
    underWay = undefined;
  });
  return underWay;
}

/** A token that is good for a while yet; undefined for a guest, or while the backend is away. */
export async function accessToken(): Promise<string | undefined> {
  if (access !== undefined && access.until - Date.now() > 10_000) return access.token;
  if (forGood.read(hint) !== undefined || access !== undefined) await refresh();
  return access !== undefined && access.until > Date.now() ? access.token : undefined;
}

/** Forgets a token that was refused. */
export function forgetToken(token: string | undefined): void {
  if (access?.token === token) access = undefined;
}

/** Asks the API as whoever is signed in; a token that is not good any more is replaced once. */
export async function ask<Value>(
  method: string,
  path: string,
  options: SendOptions = {},
): Promise<Answered<Value>> {
  const token = await accessToken();
  const answered = await send<Value>(method, path, { ...options, token });
  if (answered.kind !== 'refused' || answered.name !== 'not-signed-in' || token === undefined)
    return answered;
  forgetToken(token);
  const next = await accessToken();
  return next === undefined ? answered : send<Value>(method, path, { ...options, token: next });
}

/** Finds out who is signed in, and goes on trying while the backend is away. */
export function startSession(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const start = async () => {
    if (store.get().kind !== 'unknown') return;
    if (forGood.read(hint) === undefined) return close();
    if (!(await refresh())) timer = setTimeout(start, 3000);
  };
  const onOther = ({ key, newValue }: StorageEvent) => {
    if (key !== hint) return;
    // Somebody logged out, or in, in another tab.
    if (newValue === null) close();
    else if (store.get().kind === 'guest') void refresh();
  };
  window.addEventListener('storage', onOther);
  void start();
  return () => {
    clearTimeout(timer);
    window.removeEventListener('storage', onOther);
  };
}

export async function logIn(body: { readonly email: string; readonly password: string }) {
  const answered = await alone(() => send<Opened>('POST', '/api/session', { body }));
  if (answered.kind === 'done') open(answered.value);
  return answered;
}

export async function signUp(body: {
  readonly email: string;
  readonly name: string;
  readonly password: string;
}) {
  const answered = await alone(() => send<Opened>('POST', '/api/accounts', { body }));
  if (answered.kind === 'done') open(answered.value);
  return answered;
}

/** @returns whether the session is ended: the backend may be away. */
export async function logOut(): Promise<boolean> {
  const answered = await alone(() => send<undefined>('DELETE', '/api/session'));
  if (answered.kind !== 'away') close();
  return answered.kind !== 'away';
}
