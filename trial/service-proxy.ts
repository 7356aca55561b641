import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** What stands between guests and pods: one address, and behind it whoever it was last told of. */
export interface ServiceProxy {
  readonly url: string;
  /** Who is ready, as the control plane knows it; the proxy hears of it a moment later. */
  readonly endpoints: (urls: readonly string[]) => void;
  readonly close: () => Promise<void>;
}

export interface ServiceProxyOptions {
  /** Milliseconds from a change of endpoints to the moment when the proxy sends by it. */
  readonly lag: number;
}

/** As Traefik's: it keeps a connection for so long when nothing is asked. */
const idleMilliseconds = 90_000;

/**
 * A proxy as Traefik or kube-proxy is to a Service: requests go to the ready pods in turn, on connections that it keeps,
 * and none is tried again, since nobody but the client knows what may be done twice. Who cannot be reached is a 502.
 */
export async function startServiceProxy({ lag }: ServiceProxyOptions): Promise<ServiceProxy> {
  const agent = new Agent({ keepAlive: true, timeout: idleMilliseconds });
  const timers = new Set<NodeJS.Timeout>();
  let known: readonly string[] = [];
  let turn = 0;
  const pass = (asked: IncomingMessage, reply: ServerResponse) => {
    const url = known[turn++ % Math.max(1, known.length)];
    const fail = (status: number) => {
      if (reply.headersSent) reply.destroy();
      else reply.writeHead(status).end();
    };
    if (url === undefined) return fail(503);
    const { connection: _, ...headers } = asked.headers;
    const onward = request(
      `${url}${asked.url}`,
      { method: asked.method ?? 'GET', headers, agent },
      (answer) => {
        // Whether a connection is kept is between each two.
        const { connection: __, 'keep-alive': ___, ...others } = answer.headers;
        reply.writeHead(answer.statusCode ?? 502, others);
        pipeline(answer, reply).catch(() => {});
      },
    );
    onward.on('error', () => fail(502));
    reply.on('close', () => {
      if (!reply.writableFinished) onward.destroy();
    });
    asked.pipe(onward);
  };
  const server = createServer({ keepAliveTimeout: idleMilliseconds }, pass);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    endpoints(urls) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        known = urls;
      }, lag);
      timers.add(timer);
    },
    close() {
      for (const timer of timers) clearTimeout(timer);
      agent.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
