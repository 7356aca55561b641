import { forThisTab } from './kept.ts';

/** What is ordered, as it is sent. */
export interface OrderBody {
  readonly items: readonly { readonly dish: number; readonly quantity: number }[];
  readonly address: string;
  readonly note: string;
  readonly expectedTotalCents: number;
}

/** An order that was sent, and of which no answer came yet: the same key and the same body until one does. */
export interface Attempt {
  readonly key: string;
  readonly account: string;
  readonly body: OrderBody;
}

const name = 'order-under-way';

/** What this account has sent without having heard of it; a reload keeps it. */
export function attemptOf(account: string): Attempt | undefined {
  const attempt = forThisTab.read<Attempt>(name);
  return attempt?.account === account ? attempt : undefined;
}

/** Kept before it is sent: what is not known to have failed is never sent as another order. */
export function beginAttempt(account: string, body: OrderBody): Attempt {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const key = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const attempt = { key, account, body };
  forThisTab.write(name, attempt);
  return attempt;
}

export const endAttempt = (): void => forThisTab.write(name, undefined);
