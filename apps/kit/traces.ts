import { randomBytes } from 'node:crypto';
import type { Log } from './log.ts';

/** A span under way. */
export interface Span {
  /** The header that carries it on: W3C `traceparent`. */
  readonly traceparent: string;
  readonly end: (attributes?: Readonly<Record<string, string | number>>, error?: string) => void;
}

export interface Traces {
  readonly enabled: boolean;
  /** Begins a span: a new trace, or the child of a `traceparent`; `links` are others that it continues. */
  readonly start: (
    name: string,
    kind: 'internal' | 'producer' | 'consumer' | 'client',
    parent?: string,
    links?: readonly string[],
  ) => Span;
  /** Sends what is left. */
  readonly close: () => Promise<void>;
}

interface FinishedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { key: string; value: object }[];
  readonly links: readonly { traceId: string; spanId: string }[];
  readonly status: object;
}

/** SpanKind of the OpenTelemetry protocol. */
const kinds = { internal: 1, producer: 4, consumer: 5, client: 3 } as const;
const most = 2048;
const noSpan: Span = { traceparent: '', end: () => {} };

/** Trace and span of a W3C `traceparent`, or undefined for a text that is none. */
export function parseTraceparent(text: string): { traceId: string; spanId: string } | undefined {
  const [, traceId, spanId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(text) ?? [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}

/**
 * Traces by OTLP over HTTP, as JSON, every five seconds; off, at no cost, without an endpoint
 * (OTEL_EXPORTER_OTLP_ENDPOINT). What an exporter that is away does not take is dropped, and counted in the log.
 */
export function startTraces(service: string, endpoint: string | undefined, log: Log): Traces {
  if (endpoint === undefined || endpoint === '') {
    return { enabled: false, start: () => noSpan, close: async () => {} };
  }
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  let waiting: FinishedSpan[] = [];
  let dropped = 0;
  const send = async () => {
    const spans = waiting;
    if (spans.length === 0) return;
    waiting = [];
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
    const body = JSON.stringify({
      resourceSpans: [{ resource, scopeSpans: [{ scope: { name: '@plumbline/kit' }, spans }] }],
    });
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(5000),
      });
      if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    } catch (error) {
      dropped += spans.length;
      log.warn({ dropped, err: error }, 'spans were not taken');
    }
  };
  const timer = setInterval(() => void send(), 5000);
  timer.unref();
  const now = () => `${BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e3)) * 1000n}`;
  return {
    enabled: true,
    start(name, kind, parent = '', links = []) {
      const from = parseTraceparent(parent);
      const traceId = from?.traceId ?? randomBytes(16).toString('hex');
      const spanId = randomBytes(8).toString('hex');
      const startTimeUnixNano = now();
      return {
        traceparent: `00-${traceId}-${spanId}-01`,
        end(attributes = {}, error = undefined) {
          if (waiting.length >= most) {
            dropped += 1;
            return;
          }
          waiting.push({
            traceId,
            spanId,
            ...(from === undefined ? {} : { parentSpanId: from.spanId }),
            name,
            kind: kinds[kind],
            startTimeUnixNano,
            endTimeUnixNano: now(),
            attributes: Object.entries(attributes).map(([key, value]) => ({
              key,
              value: typeof value === 'number' ? { doubleValue: value } : { stringValue: value },
            })),
            links: links.map(parseTraceparent).filter((link) => link !== undefined),
            status: error === undefined ? {} : { code: 2, message: error },
          });
        },
      };
    },
    async close() {
      clearInterval(timer);
      await send();
    },
  };
}
