import { createHash } from 'node:crypto';
import swagger from '@fastify/swagger';
import type { Log } from '@plumbline/kit';
import { addDocs } from '@plumbline/kit/http';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { ApiMetrics } from './metrics.ts';
import { addProblemRoutes, Problem, problemOf, refuseUnread, sendProblem } from './problems.ts';

export interface ServerOptions {
  readonly log: Log;
  readonly metrics: ApiMetrics;
  /** Requests that are answered at a time. */
  readonly inFlight: number;
  /** True for an error that says that a dependency is away. */
  readonly isAway: (error: unknown) => boolean;
  readonly isEnding: () => boolean;
  /** Adds what it serves. */
  readonly routes: (app: FastifyInstance) => void;
}

const longestUrl = 2048;
const largestBody = 1024;

/** The HTTP server, not listening yet: checks, problems, validators of caches, documents. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { log, metrics, isAway, isEnding } = options;
  // Routes are written for any log.
  const loggerInstance: FastifyBaseLogger = log;
  const app = fastify({
    loggerInstance,
    disableRequestLogging: true,
    // The one proxy before it, nginx or the Ingress: whatever else a client claims is not believed.
    trustProxy: (_address, hop) => hop === 0,
    bodyLimit: largestBody,
    requestTimeout: 10_000,
    clientErrorHandler: refuseUnread,
    forceCloseConnections: 'idle',
    // What still comes in while it ends is answered like any other.
    return503OnClosing: false,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, allErrors: true } },
    frameworkErrors: (error, request, reply) => sendProblem(request, reply, problemOf(error, isAway)),
  });
  let underWay = 0;
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.length > longestUrl)
      throw new Problem('url-too-long', `the URL has ${request.url.length} characters`);
    if (hasLargeBody(request)) {
      // It is not read: the connection cannot be used again.
      reply.header('connection', 'close');
      throw new Problem('body-too-large', 'the request has a body that no request needs');
    }
    if (isProbe(request) || request.url.startsWith('/api/stream')) return;
    if (underWay >= options.inFlight)
      throw new Problem('overloaded', `${underWay} requests are under way`, { retryAfter: 1 });
    underWay += 1;
    reply.raw.once('close', () => {
      underWay -= 1;
    });
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (isEnding()) reply.header('connection', 'close');
    reply.header('x-content-type-options', 'nosniff');
    if (reply.statusCode !== 200 || typeof payload !== 'string' || isProbe(request)) return payload;
    const maxAge = reply.routeOptions.config.maxAge;
    if (!reply.hasHeader('cache-control'))
      reply.header('cache-control', maxAge === undefined ? 'no-cache' : `public, max-age=${maxAge}`);
    const tag = `W/"${createHash('sha1').update(payload).digest('base64url').slice(0, 20)}"`;
    reply.header('etag', tag);
    if (!matches(request.headers['if-none-match'], tag)) return payload;
    reply.status(304).removeHeader('content-length').removeHeader('content-type');
    return null;
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.answered(route, reply.statusCode, reply.elapsedTime / 1000);
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, isAway);
    if (problem.kind === 'internal-error') log.error({ err: error, url: request.url }, 'a request failed');
    else if (problem.kind === 'dependency-away')
      log.warn({ err: error, url: request.url }, 'a request could not be answered');
    return sendProblem(request, reply, problem);
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Preempt: weather and its anomalies',
        version: '1',
        description:
          'Weather of some hundred places, and what of it is not as it usually is. Read only; times are UTC. Errors are problem documents (RFC 9457), whose types lead to what they mean. Answers carry an ETag. Weather: Open-Meteo.com, CC BY 4.0. Places: GeoNames.org, CC BY 4.0.',
      },
      tags: ['locations', 'anomalies', 'fields', 'summary', 'live'].map((name) => ({ name })),
    },
  });
  const known: RegExp[] = [];
  app.addHook('onRoute', ({ url }) => {
    known.push(new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`));
  });
  options.routes(app);
  addProblemRoutes(app);
  await addDocs(app, { base: '/api', title: 'Preempt API', home: ['/', 'the page'] });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (reads || !known.some((one) => one.test(path))) {
      return sendProblem(request, reply, new Problem('not-found', `there is no ${path}`));
    }
    reply.header('allow', 'GET, HEAD');
    const detail = `${request.method} is not allowed at ${path}`;
    return sendProblem(request, reply, new Problem('method-not-allowed', detail));
  });
  await app.ready();
  return app;
}

function hasLargeBody({ headers }: FastifyRequest): boolean {
  return Number(headers['content-length'] ?? 0) > largestBody || headers['transfer-encoding'] !== undefined;
}

const isProbe = ({ url }: FastifyRequest) => url === '/health' || url === '/ready';

function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  const opaque = tag.slice(2);
  return header
    .split(',')
    .map((one) => one.trim())
    .some((one) => one === '*' || one.replace(/^W\//, '') === opaque);
}
