export interface RememberOptions {
  /** Milliseconds for which an answer is given again. */
  readonly milliseconds: number;
  /** How many answers are kept; the oldest go first. */
  readonly most: number;
  /** Milliseconds that only grow; for tests. */
  readonly now?: () => number;
}

/** Gives what `work` gives, and the same again to whoever asks by the same key soon after or meanwhile. */
export type Remember<Value> = (key: string, work: () => Promise<Value>) => Promise<Value>;

/**
 * Answers that may be some moments old, so that many who ask the same cost one look. An error is given to those who
 * wait, and not remembered.
 */
export function remember<Value>(options: RememberOptions): Remember<Value> {
  const { milliseconds, most, now = () => performance.now() } = options;
  const held = new Map<string, { readonly value: Promise<Value>; until: number }>();
  return (key, work) => {
    const found = held.get(key);
    if (found !== undefined && found.until > now()) return found.value;
    held.delete(key);
    const entry = { value: work(), until: Number.POSITIVE_INFINITY };
    held.set(key, entry);
    entry.value.then(
      () => {
        entry.until = now() + milliseconds;
      },
      () => {
        if (held.get(key) === entry) held.delete(key);
      },
    );
    for (const oldest of held.keys()) {
      if (held.size <= most) break;
      held.delete(oldest);
    }
    return entry.value;
  };
}
