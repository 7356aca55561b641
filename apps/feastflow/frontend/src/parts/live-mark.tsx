import type { LiveState } from '../client/live.ts';

const words: Readonly<Record<LiveState, string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  asking: 'Updated every few seconds',
  away: 'The shop does not answer; we keep trying',
};

/** Says how fresh it is what is shown. */
export function LiveMark({ state }: { readonly state: LiveState }) {
  return (
    <p className={`live ${state}`} data-live={state}>
      <span className="dot" aria-hidden="true" />
      {words[state]}
    </p>
  );
}
