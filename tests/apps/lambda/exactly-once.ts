import type { Event } from '../../../apps/lambda/transaction/event.ts';

/** How what is stored differs from what was sent. */
export interface Difference {
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  readonly twice: readonly string[];
  readonly changed: readonly string[];
}

/** Compares by identity and by value: every event that was sent is there once, as it was, and nothing else is. */
export function difference(sent: readonly Event[], stored: readonly Event[]): Difference {
  const wanted = new Map(sent.map((event) => [event.event_id, event]));
  const seen = new Set<string>();
  const [extra, twice, changed]: [string[], string[], string[]] = [[], [], []];
  for (const event of stored) {
    const { event_id: id } = event;
    const original = wanted.get(id);
    if (original === undefined) extra.push(id);
    else if (seen.has(id)) twice.push(id);
    else if (identity(original) !== identity(event)) changed.push(id);
    seen.add(id);
  }
  const missing = [...wanted.keys()].filter((id) => !seen.has(id));
  return { missing, extra, twice, changed };
}

function identity(event: Event): string {
  const { account_id, merchant, category, amount, currency, occurred_at } = event;
  const cents = Math.round(Number(amount) * 100);
  return JSON.stringify([account_id, merchant, category, cents, currency, Date.parse(occurred_at)]);
}

/** @throws Error that counts and names what is missing, extra, there twice, or changed. */
export function assertExactlyOnce(sent: readonly Event[], stored: readonly Event[]): void {
  const found = Object.entries(difference(sent, stored)).filter(([, ids]) => ids.length > 0);
  if (found.length === 0) return;
  const said = found.map(([what, ids]) => `${ids.length} ${what}: ${ids.slice(0, 5).join(', ')}`);
  throw new Error(`of ${sent.length} events: ${said.join('; ')}`);
}
