import type { ServerResponse } from 'node:http';

/** What a client may leave unread, in bytes: one that reads more slowly is cut, and resumes where it was. */
const longestUnread = 512 * 1024;

/** A message of the stream; `id` is where a client resumes. */
export interface Message {
  readonly event: string;
  readonly data: unknown;
  readonly id?: string;
}

/** Those who listen. */
export interface Clients {
  readonly count: () => number;
  readonly ofAddress: (address: string) => number;
  readonly add: (response: ServerResponse, address: string) => Client;
  readonly tellAll: (text: string) => void;
  /** Ends every stream with the time after which a client may come back, spread so that they do not come at once. */
  readonly endAll: () => void;
}

export interface Client {
  readonly tell: (text: string) => void;
  /** Ends this stream, as `endAll` does all. */
  readonly end: () => void;
}

/** The text of a message, as the HTML standard has it (section 9.2, server-sent events). */
export function messageText({ event, data, id }: Message): string {
  const lines = [`event: ${event}`, ...(id === undefined ? [] : [`id: ${id}`])];
  return `${lines.join('\n')}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Keeps the clients of one replica; `onCut` hears of each that was too slow. */
export function createClients(onCut: () => void): Clients {
  const open = new Map<ServerResponse, string>();
  const tell = (response: ServerResponse, text: string | Buffer) => {
    if (!open.has(response)) return;
    if (response.writableLength > longestUnread) {
      open.delete(response);
      response.destroy();
      onCut();
      return;
    }
    response.write(text);
  };
  const end = (response: ServerResponse) => {
    if (!open.delete(response)) return;
    const retry = 500 + Math.floor(Math.random() * 1500);
    response.end(`retry: ${retry}\nevent: bye\ndata: {}\n\n`);
  };
  return {
    count: () => open.size,
    ofAddress: (address) => [...open.values()].filter((one) => one === address).length,
    add(response, address) {
      open.set(response, address);
      response.on('close', () => open.delete(response));
      response.on('error', () => open.delete(response));
      return { tell: (text) => tell(response, text), end: () => end(response) };
    },
    tellAll(text) {
      // One buffer for all: what waits for slow ones is held once.
      const bytes = Buffer.from(text);
      for (const response of [...open.keys()]) tell(response, bytes);
    },
    endAll() {
      for (const response of [...open.keys()]) end(response);
    },
  };
}
