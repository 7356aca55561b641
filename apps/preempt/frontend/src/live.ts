import type { Anomaly, Summary } from './api.ts';

export interface LiveHandlers {
  readonly anomaly: (anomaly: Anomaly) => void;
  readonly summary: (summary: Summary) => void;
  /** Too much was missed: everything is to be read again. */
  readonly reset: () => void;
  readonly state: (state: 'connecting' | 'live' | 'away') => void;
}

/** The longest pause before another try, milliseconds. */
const longest = 30_000;

/** Listens to live updates for as long as the page is there. The browser resumes by itself; where it gives up, we try. */
export function listenLive(handlers: LiveHandlers): void {
  let attempts = 0;
  let hadOne = false;
  const open = () => {
    handlers.state('connecting');
    const source = new EventSource('/api/stream');
    source.addEventListener('open', () => {
      handlers.state('live');
      // A new stream begins with now: what changed between the old one and this is not in it.
      if (hadOne && attempts > 0) handlers.reset();
      hadOne = true;
      attempts = 0;
    });
    source.addEventListener('anomaly', ({ data }) => handlers.anomaly(JSON.parse(data) as Anomaly));
    source.addEventListener('summary', ({ data }) => handlers.summary(JSON.parse(data) as Summary));
    source.addEventListener('reset', () => handlers.reset());
    source.addEventListener('error', () => {
      handlers.state('away');
      if (source.readyState !== EventSource.CLOSED) return;
      attempts += 1;
      const pause = Math.min(longest, 1000 * 2 ** attempts) * (0.5 + Math.random() / 2);
      setTimeout(open, pause);
    });
  };
  open();
}
