import swagger from '@fastify/swagger';
import type { Log } from '@plumbline/kit';
import { addDocs } from '@plumbline/kit/http';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { addEventsRoute, type EventsOptions } from './events-route.ts';
import { Problem, problemOf, problems } from './problems.ts';

export interface ServerOptions extends EventsOptions {
  readonly log: Log;
  readonly isEnding: () => boolean;
}

/** The HTTP server, not listening yet. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { log, metrics, broker, config, isEnding } = options;
  // Routes are written for any log.
  const loggerInstance: FastifyBaseLogger = log;
  const app = fastify({
    loggerInstance,
    disableRequestLogging: true,
    requestTimeout: 10_000,
    clientErrorHandler: problems.refuseUnread,
    forceCloseConnections: 'idle',
    // What still comes in while it ends is answered like any other.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) =>
      problems.send(request, reply, problemOf(error, config.bodyBytes)),
  });
  app.addHook('onSend', async (_, reply, payload) => {
    if (isEnding()) reply.header('connection', 'close');
    reply.header('x-content-type-options', 'nosniff');
    const { maxAge } = reply.routeOptions.config;
    if (!reply.hasHeader('cache-control'))
      reply.header('cache-control', maxAge === undefined ? 'no-store' : `public, max-age=${maxAge}`);
    return payload;
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.requests.inc({ route, status: String(reply.statusCode) });
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, config.bodyBytes);
    if (problem.kind === 'internal-error') log.error({ err: error, url: request.url }, 'a request failed');
    return problems.send(request, reply, problem);
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: "The storefront's gateway",
        version: '1',
        description:
          'Takes the events of a storefront into Kafka, and answers once Kafka has them. Errors are problem documents (RFC 9457), whose types lead to what they mean.',
      },
      tags: [{ name: 'events' }],
    },
  });
  const allowed: { readonly path: RegExp; readonly methods: string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const path = new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);
    allowed.push({ path, methods: [method].flat() });
  });
  addEventsRoute(app, options);
  const hidden = { schema: { hide: true } };
  app.get('/health', hidden, (_, reply) => reply.type('text/plain').send('ok\n'));
  app.get('/ready', hidden, (_, reply) => {
    const away = broker.away();
    const why = isEnding() ? 'it ends: requests go to others' : away && `Kafka is away: ${away}`;
    return reply
      .status(why === undefined ? 200 : 503)
      .type('text/plain')
      .send(`${why ?? 'ok'}\n`);
  });
  problems.addRoutes(app, 'not-found');
  await addDocs(app, { base: '', title: "The storefront's gateway" });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const methods = allowed.filter((one) => one.path.test(path)).flatMap((one) => one.methods);
    if (methods.length === 0)
      return problems.send(request, reply, new Problem('not-found', `there is no ${path}`));
    reply.header('allow', [...new Set(methods)].join(', '));
    const detail = `${request.method} is not allowed at ${path}`;
    return problems.send(request, reply, new Problem('method-not-allowed', detail));
  });
  await app.ready();
  return app;
}
