import { byId } from './element.ts';

/** Between two messages: a screen reader is not to talk all the time. */
const pause = 10_000;
let waiting: string | undefined;
let last = 0;

/** Says something to screen readers: the newest of what comes while it pauses. */
export function announce(text: string): void {
  const now = performance.now();
  if (waiting !== undefined) {
    waiting = text;
    return;
  }
  if (now - last > pause) {
    say(text);
    return;
  }
  waiting = text;
  setTimeout(
    () => {
      const next = waiting;
      waiting = undefined;
      if (next !== undefined) say(next);
    },
    pause - (now - last),
  );
}

/** Says at once what answers a key that was pressed. */
export function say(text: string): void {
  last = performance.now();
  byId('announcer').textContent = text;
}
