import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Broker } from './broker.ts';
import { eventsDocument } from './document.ts';
import type { GatewayMetrics } from './metrics.ts';
import { Problem } from './problems.ts';
import { readBody, type WrongEvent } from './read-body.ts';
import type { Records } from './records.ts';
import { createRoom } from './room.ts';
import type { Sender } from './sender.ts';
import type { GatewayConfig } from './settings.ts';

export interface EventsOptions {
  readonly config: Omit<
    GatewayConfig,
    'brokers' | 'topic' | 'httpAddress' | 'metricsAddress' | 'drainSeconds'
  >;
  readonly sender: Sender;
  readonly broker: Broker;
  readonly metrics: GatewayMetrics;
}

const lines = 'application/x-ndjson';
/** Seconds for which clients stay away: soon where room comes by itself, later where a broker has to. */
const soon = 1;
const later = 2;

/** `POST /events`: answered once every event of the request is acknowledged, or with why none counts as taken. */
export function addEventsRoute(app: FastifyInstance, options: EventsOptions): void {
  const { config, sender, broker, metrics } = options;
  const bytes = createRoom(config.queueBytes);
  const events = createRoom(config.queueEvents);
  const note = () => {
    metrics.queueBytes.set(bytes.taken());
    metrics.queueEvents.set(events.taken());
  };
  const wanted = digest(`Bearer ${config.token}`);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(['application/json', lines], { parseAs: 'buffer' }, (_, body, done) =>
    done(null, body),
  );
  app.post<{ Body: Buffer | undefined }>('/events', {
    schema: eventsDocument,
    // The schema is the document; each event is checked by itself, to say which is wrong.
    validatorCompiler: () => () => true,
    bodyLimit: config.bodyBytes,
    onRequest(request, reply, done) {
      if (config.token !== '' && !timingSafeEqual(wanted, digest(request.headers.authorization ?? ''))) {
        reply.header('www-authenticate', 'Bearer');
        return done(new Problem('no-token', 'send "Authorization: Bearer TOKEN"'));
      }
      const { 'content-encoding': encoding = 'identity' } = request.headers;
      if (encoding !== 'identity')
        return done(new Problem('unsupported-media-type', `a body that is ${encoding} is not read`));
      const length = lengthOf(request, config.bodyBytes);
      if (length > config.bodyBytes) {
        // It is not read: the connection cannot be used again.
        reply.header('connection', 'close');
        return done(new Problem('batch-too-large', `a request may have ${config.bodyBytes} bytes`));
      }
      // Before it is read: what waits here to be read is memory too.
      const giveBack = bytes.take(length);
      if (giveBack === undefined)
        return done(new Problem('overloaded', `${bytes.taken()} bytes are waiting`, { retryAfter: soon }));
      note();
      reply.raw.once('close', () => {
        giveBack();
        note();
      });
      done();
    },
    async handler(request, reply) {
      const now = new Date();
      const read = readBody(request.body ?? Buffer.alloc(0), {
        lines: request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() === lines,
        most: config.batchEvents,
        now,
      });
      if (read.kind === 'unreadable') throw new Problem('unreadable-body', read.why);
      if (read.kind === 'too-many')
        throw new Problem('batch-too-large', `a request may have ${config.batchEvents} events`);
      if (read.kind === 'wrong') {
        metrics.refused.inc(read.wrong.length);
        throw new Problem('wrong-events', told(read.wrong, read.count), { errors: read.wrong });
      }
      const giveBack = events.take(read.records.count);
      if (giveBack === undefined)
        throw new Problem('overloaded', `${events.taken()} events are waiting`, { retryAfter: soon });
      note();
      try {
        await acknowledged(read.records);
      } finally {
        giveBack();
        note();
      }
      metrics.accepted.inc(read.records.count);
      return reply.status(202).send({ accepted: read.records.count, receivedAt: now.toISOString() });
    },
  });

  async function acknowledged(records: Records): Promise<void> {
    const away = broker.away();
    if (away !== undefined) {
      metrics.unsent.inc(records.count);
      throw new Problem('broker-away', `Kafka is away: ${away}`, { retryAfter: later });
    }
    const started = performance.now();
    try {
      await sender.put(records, AbortSignal.timeout(config.ackSeconds * 1000));
    } catch (error) {
      metrics.unsent.inc(records.count);
      const late = (error as Error).name === 'TimeoutError';
      const detail = late ? `not acknowledged within ${config.ackSeconds} s` : 'not acknowledged';
      throw new Problem('broker-away', detail, { retryAfter: later, cause: error });
    }
    metrics.ackSeconds.observe((performance.now() - started) / 1000);
  }
}

/** What the body may have at most: a body in chunks does not say. */
function lengthOf({ headers }: FastifyRequest, most: number): number {
  const length = headers['content-length'];
  if (length !== undefined) return Number(length);
  return headers['transfer-encoding'] === undefined ? 0 : most;
}

function told(wrong: readonly WrongEvent[], count: number): string {
  const [{ index, pointer, message }] = wrong as readonly [WrongEvent];
  const first = `event ${index}: ${pointer === '' ? 'it' : pointer} ${message}`;
  return `${wrong.length} of ${count} events are none, and nothing was taken; ${first}`;
}

const digest = (text: string) => createHash('sha256').update(text).digest();
