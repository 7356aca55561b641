import { accessToken, forgetToken } from './session.ts';

export interface LiveEvent {
  readonly event: string;
  readonly data: unknown;
}

/** How what is shown comes: as it happens, by asking again, or not at present. */
export type LiveState = 'connecting' | 'live' | 'asking' | 'away';

export interface FollowOptions {
  readonly path: string;
  readonly onEvent: (event: LiveEvent) => void;
  readonly onState: (state: LiveState) => void;
  /** Asks for what the stream would tell. @returns whether it was told. */
  readonly askAgain: () => Promise<boolean>;
}

/** The backend tells something every 15 seconds at the least. */
const silenceMilliseconds = 40_000;
const askEvery = 4000;

/**
 * Follows a stream of server-sent events: comes back when it ends or falls silent, and asks again and again while it cannot be
 * had. EventSource would send no token.
 * @returns what ends it
 */
export function follow({ path, onEvent, onState, askAgain }: FollowOptions): () => void {
  const ending = new AbortController();
  const isOver = () => ending.signal.aborted;
  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(done, milliseconds);
      function done() {
        clearTimeout(timer);
        ending.signal.removeEventListener('abort', done);
        window.removeEventListener('online', done);
        resolve();
      }
      ending.signal.addEventListener('abort', done);
      window.addEventListener('online', done);
    });
  const once = async (): Promise<boolean> => {
    const token = await accessToken();
    if (token === undefined) return false;
    const silent = new AbortController();
    let timer = setTimeout(() => silent.abort(), silenceMilliseconds);
    try {
      const answer = await fetch(path, {
        headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
        cache: 'no-store',
        signal: AbortSignal.any([ending.signal, silent.signal]),
      });
      if (answer.status === 401) forgetToken(token);
      if (!answer.ok || answer.body === null) return false;
      onState('live');
      const read = eventReader(onEvent);
      for await (const text of chunksOf(answer.body.pipeThrough(new TextDecoderStream()))) {
        clearTimeout(timer);
        timer = setTimeout(() => silent.abort(), silenceMilliseconds);
        read(text);
      }
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  };
  const run = async () => {
    let failed = 0;
    while (!isOver()) {
      const began = Date.now();
      const wasLive = await once();
      if (isOver()) return;
      // One that ends at once, again and again, is none.
      failed = wasLive && Date.now() - began > 1000 ? 0 : failed + 1;
      if (failed > 0) {
        const told = await askAgain();
        if (isOver()) return;
        onState(told ? 'asking' : 'away');
      }
      await pause(failed === 0 ? 300 + Math.random() * 700 : askEvery * (0.75 + Math.random() / 2));
    }
  };
  onState('connecting');
  void run();
  return () => ending.abort();
}

async function* chunksOf(stream: ReadableStream<string>): AsyncGenerator<string> {
  // Not every browser iterates streams.
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** Puts events together from pieces of text. */
export function eventReader(onEvent: (event: LiveEvent) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const parts = `${rest}${text}`.split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const lines = part.split('\n');
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const data = field('data');
      if (data !== undefined) onEvent({ event: field('event') ?? 'message', data: JSON.parse(data) });
    }
  };
}
