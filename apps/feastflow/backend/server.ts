import swagger from '@fastify/swagger';
import type { Log } from '@plumbline/kit';
import { addDocs } from '@plumbline/kit/http';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { BackendMetrics } from './metrics.ts';
import { addProblemRoutes, Problem, problemOf, refuseUnread, sendProblem } from './problems.ts';

export interface ServerOptions {
  readonly log: Log;
  readonly metrics: BackendMetrics;
  /** Requests that are answered at a time. */
  readonly inFlight: number;
  readonly keepAliveMilliseconds: number;
  readonly isEnding: () => boolean;
  /** Adds what it serves, and who may ask. */
  readonly routes: (app: FastifyInstance) => void;
}

const longestUrl = 2048;
const largestBody = 16 * 1024;
/** Of headers and body together: a client that sends more slowly holds nothing. */
const requestMilliseconds = 10_000;

/** The HTTP server, not listening yet: checks, problems, documents. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { log, metrics, isEnding } = options;
  // Routes are written for any log.
  const loggerInstance: FastifyBaseLogger = log;
  const app = fastify({
    loggerInstance,
    disableRequestLogging: true,
    // The one proxy before it: whatever else a client claims is not believed.
    trustProxy: (_address, hop) => hop === 0,
    bodyLimit: largestBody,
    requestTimeout: requestMilliseconds,
    keepAliveTimeout: options.keepAliveMilliseconds,
    clientErrorHandler: refuseUnread,
    forceCloseConnections: 'idle',
    // What still comes in while it ends is answered like any other.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    // An array's or a number's form is part of a request: only parameters of the URL are texts that stand for others.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: false } },
    frameworkErrors: (error, request, reply) => sendProblem(request, reply, problemOf(error)),
  });
  // JSON alone: a form of another origin's page cannot send that without being asked about.
  app.removeContentTypeParser('text/plain');
  let underWay = 0;
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.length > longestUrl)
      throw new Problem('url-too-long', `the URL has ${request.url.length} characters`);
    if (Number(request.headers['content-length'] ?? 0) > largestBody) {
      // It is not read: the connection cannot be used again.
      reply.header('connection', 'close');
      throw new Problem('body-too-large', 'the body is larger than any request needs');
    }
    if (request.url === '/health' || request.url === '/ready') return;
    if (underWay >= options.inFlight)
      throw new Problem('overloaded', `${underWay} requests are under way`, { retryAfter: 1 });
    underWay += 1;
    let counted = true;
    const leave = () => {
      if (counted) underWay -= 1;
      counted = false;
    };
    reply.raw.once('close', leave);
    // A stream is counted by itself.
    if (request.routeOptions.config.isStream === true) leave();
  });
  app.addHook('onSend', async (_, reply, payload) => {
    if (isEnding()) reply.header('connection', 'close');
    reply.header('x-content-type-options', 'nosniff');
    const { maxAge } = reply.routeOptions.config;
    if (!reply.hasHeader('cache-control'))
      reply.header(
        'cache-control',
        maxAge === undefined || reply.statusCode !== 200 ? 'no-store' : `public, max-age=${maxAge}`,
      );
    return payload;
  });
  app.addHook('onResponse', async (request, reply) => {
    metrics.answered({
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.kind === 'internal-error') log.error({ err: error, url: request.url }, 'a request failed');
    else if (problem.kind === 'dependency-away')
      log.warn({ err: error, url: request.url }, 'a request could not be answered');
    return sendProblem(request, reply, problem);
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'FeastFlow: menus, orders and their way to the table',
        version: '1',
        description:
          'Times are UTC, money is cents. Errors are problem documents (RFC 9457), whose types lead to what they mean. Log in at POST /api/session: the answer has an access token for the header Authorization (Bearer), and sets a cookie that only POST /api/session/refresh and DELETE /api/session read.',
      },
      tags: ['menus', 'accounts', 'cart', 'orders', 'kitchen', 'admin'].map((name) => ({ name })),
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
    },
  });
  const known: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const path = new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);
    known.push({ path, methods: [method].flat() });
  });
  options.routes(app);
  addProblemRoutes(app);
  await addDocs(app, { base: '/api', title: 'FeastFlow API' });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const allowed = [
      ...new Set(known.filter((one) => one.path.test(path)).flatMap(({ methods }) => methods)),
    ];
    if (allowed.length === 0)
      return sendProblem(request, reply, new Problem('not-found', `there is no ${path}`));
    reply.header('allow', allowed.sort().join(', '));
    const detail = `${request.method} is not allowed at ${path}`;
    return sendProblem(request, reply, new Problem('method-not-allowed', detail));
  });
  await app.ready();
  return app;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its answers stay open. */
    isStream?: boolean;
  }
}
