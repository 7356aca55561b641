import { type Clients, messageText } from '@plumbline/kit/http';
import type { FastifyInstance } from 'fastify';
import { lastPlace, longestReplay, missedSince, placeOf, placeText } from '../live/changes.ts';
import { anomalyMessages } from '../live/live.ts';
import { Problem } from '../problems.ts';
import * as schemas from '../schemas.ts';
import type { Store } from '../store.ts';

export interface StreamLimits {
  readonly streams: number;
  readonly streamsPerAddress: number;
}

const description = `Server-sent events, until the client leaves or the replica ends:
- \`anomaly\`: one that is new or has changed, as /api/anomalies gives it. Its id is where a client resumes.
- \`summary\`: as /api/summary gives it, at the beginning (with an id, too) and when it changes.
- \`reset\`: more than ${longestReplay} changed at once or were missed: read /api/anomalies again.
- \`bye\`: the replica ends; come back after the \`retry\` that came with it.

A client that comes back sends Last-Event-ID (browsers do so by themselves), and gets what changed since on any replica.
It may get again what it has: an anomaly replaces the one of the same id.`;

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
} as const;

/** `/api/stream`. */
export function addStreamRoute(
  app: FastifyInstance,
  store: Store,
  clients: Clients,
  { streams, streamsPerAddress }: StreamLimits,
  isEnding: () => boolean,
): void {
  app.head('/api/stream', { schema: { hide: true } }, (_, reply) => reply.headers(headers).send());
  app.get(
    '/api/stream',
    {
      schema: {
        summary: 'Live updates',
        description,
        tags: ['live'],
        headers: {
          type: 'object',
          properties: { 'last-event-id': { type: 'string', maxLength: 40, pattern: '^(\\d+-\\d+)?$' } },
        },
        querystring: { type: 'object', additionalProperties: false, properties: {} },
        produces: ['text/event-stream'],
        response: {
          200: { description: 'events', content: { 'text/event-stream': { schema: { type: 'string' } } } },
          ...withoutGood(schemas.responses({}, 400, 429)),
        },
      },
      // Its own: it must not open a stream.
      exposeHeadRoute: false,
    },
    async (request, reply) => {
      if (isEnding()) throw new Problem('overloaded', 'this replica ends', { retryAfter: 1 });
      if (clients.count() >= streams)
        throw new Problem('overloaded', `${streams} streams are open here`, { retryAfter: 5 });
      if (clients.ofAddress(request.ip) >= streamsPerAddress)
        throw new Problem('too-many-streams', `${streamsPerAddress} streams are open from this address`, {
          retryAfter: 10,
        });
      // Before anything is asked, so that whoever comes meanwhile counts it; and nothing that changes meanwhile is missed.
      const { raw } = reply;
      reply.hijack();
      raw.writeHead(200, {
        ...headers,
        'x-content-type-options': 'nosniff',
      });
      raw.socket?.setNoDelay(true);
      const client = clients.add(raw, request.ip);
      client.tell('retry: 2000\n\n');
      try {
        const place = placeOf(String(request.headers['last-event-id'] ?? ''));
        const last = await lastPlace(store);
        const missed = place === undefined ? [] : await missedSince(store, place);
        if (missed === undefined) client.tell(messageText({ event: 'reset', data: {} }));
        else if (missed.length > 0) client.tell(await anomalyMessages(store, missed));
        // With a place, so that also one who is cut before the first anomaly comes back with it.
        client.tell(messageText({ event: 'summary', id: placeText(last), data: await store.summary() }));
      } catch (error) {
        // The client comes back by itself, with the place that it had.
        request.log.warn({ err: error }, 'a stream could not begin');
        raw.end();
      }
    },
  );
}

function withoutGood({ 200: _, ...rest }: Record<string, object>): Record<string, object> {
  return rest;
}
