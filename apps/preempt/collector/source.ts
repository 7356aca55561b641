/** A location to ask for. */
export interface Place {
  readonly id: number;
  readonly latitude: number;
  readonly longitude: number;
}

/** What the source says of one location now. */
export interface Current {
  readonly place: Place;
  /** `2026-11-21T12:30Z`; undefined where it said nothing of use. */
  readonly observedAt: string | undefined;
  readonly values: Readonly<Record<string, number>>;
}

/** How a request ended. */
export type Answer =
  | {
      readonly kind: 'given';
      readonly currents: readonly Current[];
      readonly units: ReadonlyMap<string, string>;
      /** Milliseconds since the epoch by the source's clock; undefined where it does not say. */
      readonly sourceTime: number | undefined;
    }
  /** Too much was asked: of a minute, an hour or a day. */
  | {
      readonly kind: 'limited';
      readonly window: 'minute' | 'hour' | 'day';
      readonly retryAfter: number | undefined;
      readonly reason: string;
    }
  /** It may do better next time. */
  | { readonly kind: 'failed'; readonly retryAfter: number | undefined; readonly reason: string }
  /** It would refuse again; where the request as a whole is what is wrong with it, a part of it may do. */
  | { readonly kind: 'refused'; readonly divisible: boolean; readonly reason: string };

/** How many calls the source counts: of more than ten variables each location is more than one. Source: its "Pricing". */
export function callsOf(places: number, fields: number): number {
  return places * Math.ceil(fields / 10);
}

export interface AskOptions {
  readonly url: string;
  readonly fields: readonly string[];
  readonly places: readonly Place[];
  /** Milliseconds until the request is given up. */
  readonly deadline: number;
}

/**
 * Asks for the current values of some places in one request; never throws. Source: Open-Meteo, "Weather Forecast API"
 * (lists between commas give a list of answers; an error has `reason`; times are in GMT unless asked otherwise), and the
 * texts of its limits in `RateLimiter.swift`; it sends no Retry-After itself, and what stands before it may.
 */
export async function ask({ url, fields, places, deadline }: AskOptions): Promise<Answer> {
  const asked = new URL(url);
  asked.searchParams.set('latitude', places.map(({ latitude }) => latitude).join(','));
  asked.searchParams.set('longitude', places.map(({ longitude }) => longitude).join(','));
  asked.searchParams.set('current', fields.join(','));
  asked.searchParams.set('forecast_days', '1');
  let response: Response;
  let text: string;
  try {
    const signal = AbortSignal.timeout(Math.max(1, Math.round(deadline)));
    const headers = { accept: 'application/json', 'user-agent': 'plumbline-preempt-collector/0.1' };
    response = await fetch(asked, { signal, headers });
    text = await response.text();
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error };
    return { kind: 'failed', retryAfter: undefined, reason: cause?.message ?? message };
  }
  const body = readJson(text);
  if (response.status !== 200) return unwelcome(response, body);
  const read = readCurrents(body, fields, places);
  if (typeof read === 'string') return { kind: 'failed', retryAfter: undefined, reason: read };
  const sourceTime = Date.parse(response.headers.get('date') ?? '');
  return { kind: 'given', ...read, sourceTime: Number.isNaN(sourceTime) ? undefined : sourceTime };
}

function unwelcome(response: Response, body: unknown): Answer {
  const { reason: said } = (body ?? {}) as { reason?: unknown };
  const reason = `${response.status}: ${typeof said === 'string' ? said.slice(0, 300) : response.statusText}`;
  const retryAfter = retryAfterOf(response.headers.get('retry-after'));
  const { status } = response;
  if (status === 429) {
    const window = /\bdaily\b/i.test(reason) ? 'day' : /\bhourly\b/i.test(reason) ? 'hour' : 'minute';
    return { kind: 'limited', window, retryAfter, reason };
  }
  if (status >= 500 || status === 408) return { kind: 'failed', retryAfter, reason };
  return { kind: 'refused', divisible: status === 400 || status === 413 || status === 414, reason };
}

/** Seconds or a date, as milliseconds to wait. Source: RFC 9110, 10.2.3. */
export function retryAfterOf(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const until = Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, until - now);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface CurrentBlock {
  readonly location_id?: unknown;
  readonly utc_offset_seconds?: unknown;
  readonly current?: Readonly<Record<string, unknown>>;
  readonly current_units?: Readonly<Record<string, unknown>>;
}

/** What stands in an answer, or why it is none; one location is answered without a list. */
function readCurrents(
  body: unknown,
  fields: readonly string[],
  places: readonly Place[],
): { currents: Current[]; units: Map<string, string> } | string {
  const blocks: unknown = Array.isArray(body) ? body : [body];
  if (!Array.isArray(blocks) || blocks.length !== places.length) {
    return `it answered for ${Array.isArray(body) ? body.length : 'one'} of ${places.length} locations`;
  }
  const units = new Map<string, string>();
  const currents: Current[] = [];
  for (const [index, place] of places.entries()) {
    const block = (blocks[index] ?? {}) as CurrentBlock;
    if (block.location_id !== undefined && block.location_id !== index) {
      return `its answer ${index} is of the location ${block.location_id}`;
    }
    const { current = {}, current_units = {} } = block;
    const values: Record<string, number> = {};
    for (const field of fields) {
      const value = current[field];
      if (typeof value === 'number' && Number.isFinite(value)) values[field] = value;
      const unit = current_units[field];
      if (typeof unit === 'string') units.set(field, unit.slice(0, 32));
    }
    const { time } = current;
    const isTime = typeof time === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(time);
    const isUtc = (block.utc_offset_seconds ?? 0) === 0;
    const useful = isTime && isUtc && Object.keys(values).length > 0;
    currents.push({ place, observedAt: useful ? `${time}Z` : undefined, values });
  }
  return { currents, units };
}
