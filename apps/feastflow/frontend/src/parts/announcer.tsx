'use client';

import { createStore } from '../client/store.ts';

const said = createStore('');

/** Says something to whoever does not see it change. */
export function announce(text: string): void {
  // The same words again are said again.
  said.set(said.get() === text ? `${text}\u00a0` : text);
}

export function Announcer() {
  return (
    <p className="for-ears" role="status">
      {said.use()}
    </p>
  );
}
