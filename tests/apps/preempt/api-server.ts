import { startPreemptWorker } from '../../../trial/preempt.ts';
import { freePort } from '../../../trial/process/free-port.ts';
import { lastWords } from '../../../trial/process/start.ts';
import { until } from '../../../trial/until.ts';
import type { RunningWorker } from '../../../trial/worker.ts';
import type { Platform } from './platform.ts';

/** A replica of the api, as the overlay starts it. */
export interface Api {
  readonly url: string;
  readonly worker: RunningWorker;
}

export async function startApi(
  { trial }: Pick<Platform, 'trial'>,
  index = 0,
  env: Readonly<Record<string, string>> = {},
): Promise<Api> {
  // One that comes back has the address that it had.
  const port = Number(env.HTTP_ADDRESS?.split(':')[1] ?? (await freePort()));
  const worker = await startPreemptWorker(trial, {
    workload: 'Deployment/api',
    index,
    // A pod has a port of its own; a test does not wait for a Service.
    env: { HTTP_ADDRESS: `127.0.0.1:${port}`, DRAIN_SECONDS: '1', ...env },
  });
  const url = `http://127.0.0.1:${port}`;
  await until(
    async () => {
      if (worker.state() !== undefined) throw new Error(lastWords(worker));
      return (await fetch(`${url}/health`)).ok;
    },
    { deadline: 60_000, what: 'the api' },
  );
  return { url, worker };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks at, it knows
  readonly body: any;
}

export async function get(api: Api, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(`${api.url}${path}`, { headers, signal: AbortSignal.timeout(20_000) });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
}

export interface StreamEvent {
  readonly event: string;
  readonly id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly data: any;
}

/** A client of the stream; `events` grows. */
export interface Listening {
  readonly events: StreamEvent[];
  readonly text: () => string;
  readonly ended: Promise<void>;
  readonly leave: () => void;
}

export async function listen(api: Api, lastId?: string): Promise<Listening> {
  const controller = new AbortController();
  const headers: Record<string, string> = lastId === undefined ? {} : { 'last-event-id': lastId };
  const answer = await fetch(`${api.url}/api/stream`, { headers, signal: controller.signal });
  if (answer.status !== 200 || answer.body === null) throw new Error(`the stream answered ${answer.status}`);
  const events: StreamEvent[] = [];
  let all = '';
  let rest = '';
  const read = async (body: ReadableStream<Uint8Array>) => {
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      all += text;
      const parts = `${rest}${text}`.split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1];
        const data = field('data');
        if (data !== undefined)
          events.push({ event: field('event') ?? 'message', id: field('id'), data: JSON.parse(data) });
      }
    }
  };
  const ended = read(answer.body as ReadableStream<Uint8Array>).catch(() => {});
  return { events, ended, text: () => all, leave: () => controller.abort() };
}
