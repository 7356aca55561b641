export interface StreamEvent {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: whoever looks at it knows what it asked for
  readonly data: any;
}

/** A client of a stream; `events` grows. */
export interface Listening {
  readonly events: StreamEvent[];
  readonly ended: Promise<void>;
  readonly leave: () => void;
}

/** Listens to `/api/board/events` or one order's. */
export async function listen(
  { url }: { readonly url: string },
  { token }: { readonly token: string },
  path: string,
): Promise<Listening> {
  const controller = new AbortController();
  const answer = await fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: controller.signal,
  });
  if (answer.status !== 200 || answer.body === null) throw new Error(`the stream answered ${answer.status}`);
  const events: StreamEvent[] = [];
  let rest = '';
  const read = async (body: ReadableStream<Uint8Array>) => {
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const parts = `${rest}${text}`.split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1];
        const data = field('data');
        if (data !== undefined) events.push({ event: field('event') ?? 'message', data: JSON.parse(data) });
      }
    }
  };
  const ended = read(answer.body as ReadableStream<Uint8Array>).catch(() => {});
  return { events, ended, leave: () => controller.abort() };
}
