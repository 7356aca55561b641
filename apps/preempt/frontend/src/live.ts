import type { Anomaly, Summary } from './api.ts';
import { waitAfter } from './wait-after.ts';

export interface LiveHandlers {
  readonly anomaly: (anomaly: Anomaly) => void;
  readonly summary: (summary: Summary) => void;
  /** The stream begins (or cannot), or too much of it was missed: what it does not bring is to be read. */
  readonly reset: (isFirst: boolean) => void;
  readonly state: (state: 'connecting' | 'live' | 'away') => void;
}

/**
 * Listens to live updates for as long as the page is there. The browser resumes by itself; where it gives up, we try.
 * Each time that the stream begins, by whichever way, everything is read once: what changed before is not in it.
 */
export function listenLive(handlers: LiveHandlers): void {
  let attempts = 0;
  let isFirst = true;
  const reset = () => {
    handlers.reset(isFirst);
    isFirst = false;
  };
  const open = () => {
    handlers.state('connecting');
    const source = new EventSource('/api/stream');
    let hasBegun = false;
    source.addEventListener('anomaly', ({ data }) => handlers.anomaly(JSON.parse(data) as Anomaly));
    source.addEventListener('summary', ({ data }) => {
      // An answer alone is no stream: the API gives one before it has asked its database.
      if (!hasBegun) {
        hasBegun = true;
        attempts = 0;
        handlers.state('live');
        reset();
      }
      handlers.summary(JSON.parse(data) as Summary);
    });
    source.addEventListener('reset', reset);
    source.addEventListener('error', () => {
      hasBegun = false;
      handlers.state('away');
      if (isFirst) reset();
      if (source.readyState !== EventSource.CLOSED) return;
      attempts += 1;
      setTimeout(open, waitAfter(attempts));
    });
  };
  open();
}
