import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createPassOn } from './pass-on.ts';
import { type RequestState, requestStates } from './request-state.ts';
import { contentPolicy, securityHeaders } from './security-headers.ts';
import type { Settings } from './settings.ts';

export type Handler = (request: IncomingMessage, answer: ServerResponse) => Promise<void>;

export interface ServerOptions {
  readonly settings: Settings;
  /** Makes pages. */
  readonly pages: Handler;
  readonly isEnding: () => boolean;
  readonly onError: (error: unknown, url: string) => void;
  /** Milliseconds that the backend may take until it answers. */
  readonly deadline?: number;
}

/** Answers probes itself, passes /api on, and has everything else made by Next.js, under a policy of its own. */
export function createPageServer(options: ServerOptions): Server {
  const { settings, pages, isEnding, onError, deadline } = options;
  const { backendUrl } = settings;
  const passOn = createPassOn(backendUrl, onError, deadline);
  const server = createServer((request, answer) => {
    const { url = '/' } = request;
    const path = url.split('?')[0] ?? '/';
    if (path === '/livez' || path === '/readyz') return probe(path, answer, isEnding());
    const state: RequestState = { backendUrl, backendAway: false };
    const writeHead = answer.writeHead.bind(answer) as (...all: unknown[]) => ServerResponse;
    answer.writeHead = (status: number, ...rest: unknown[]) => {
      if (isEnding()) answer.setHeader('connection', 'close');
      if (!state.backendAway || status !== 200) return writeHead(status, ...rest);
      answer.setHeader('retry-after', '5');
      return writeHead(503, ...rest);
    };
    if (path === '/api' || path.startsWith('/api/')) return passOn(request, answer);
    const isHttps = [request.headers['x-forwarded-proto']].flat()[0] === 'https';
    const policy = contentPolicy(randomBytes(16).toString('base64'), isHttps);
    // Next.js takes the nonce of its scripts from here; whatever a client claims is replaced.
    request.headers['content-security-policy'] = policy;
    answer.setHeader('content-security-policy', policy);
    for (const [name, value] of Object.entries(securityHeaders(isHttps))) answer.setHeader(name, value);
    requestStates.run(state, () => {
      pages(request, answer).catch((error) => {
        onError(error, url);
        if (answer.headersSent) answer.destroy();
        else answer.writeHead(500).end();
      });
    });
    return undefined;
  });
  server.keepAliveTimeout = settings.keepAliveMilliseconds;
  // Node ends a connection whose next headers come later than this, idle time included.
  server.headersTimeout = settings.keepAliveMilliseconds + 5000;
  server.requestTimeout = 30_000;
  return server;
}

/** Both are this server's own: with the backend away it shows a page that says so. */
function probe(path: string, answer: ServerResponse, isEnding: boolean): void {
  const isReady = path === '/livez' || !isEnding;
  answer.writeHead(isReady ? 200 : 503, {
    'content-type': 'text/plain',
    'cache-control': 'no-store',
    ...(isEnding ? { connection: 'close' } : {}),
  });
  answer.end(isReady ? 'ok\n' : 'it ends: requests go to others\n');
}
