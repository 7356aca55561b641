import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from './metrics.ts';

export interface HealthOptions {
  /** Where to listen: `:9090` on every interface, or `127.0.0.1:9090`. */
  readonly address: string;
  readonly registry: Registry;
  /** Why the process is of no use any more and should be started anew; undefined while it lives. Asks no dependency. */
  readonly dead: () => string | undefined;
  /** Why it is not ready; undefined when it is. */
  readonly notReady: () => string | undefined;
}

export interface Health {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Serves `/livez`, `/readyz` and `/metrics`; a probe that fails says why in its body. */
export async function startHealth(options: HealthOptions): Promise<Health> {
  const { address, registry, dead, notReady } = options;
  const separator = address.lastIndexOf(':');
  const host = address.slice(0, separator);
  const server = createServer(async (request, response) => {
    const path = request.url?.split('?')[0];
    const answer = (why: string | undefined) => {
      response.writeHead(why === undefined ? 200 : 503, { 'content-type': 'text/plain' });
      response.end(`${why ?? 'ok'}\n`);
    };
    if (path === '/livez') answer(dead());
    else if (path === '/readyz') answer(dead() ?? notReady());
    else if (path === '/metrics') {
      const body = await registry.metrics();
      response.writeHead(200, { 'content-type': registry.contentType });
      response.end(body);
    } else {
      response.writeHead(404).end('there are /livez, /readyz and /metrics\n');
    }
  });
  // A scraper that never ends its request holds nothing for ever.
  server.requestTimeout = 5000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Error(`METRICS_ADDRESS: cannot listen on ${address}: ${cause.message}`, { cause })),
    );
    server.listen({ port: Number(address.slice(separator + 1)), ...(host === '' ? {} : { host }) }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
