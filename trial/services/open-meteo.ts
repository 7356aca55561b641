import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { currentOf, unitOf } from './open-meteo/weather.ts';

/** What the double answered for one location, once all of the answer was handed to the network. */
export interface Given {
  readonly latitude: number;
  readonly longitude: number;
  readonly time: string;
  readonly values: Readonly<Record<string, number | null>>;
}

/** What else than the weather a request gets. */
export type Behaviour =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Nothing, ever. */
  | { readonly kind: 'silence' }
  /** A connection that breaks in the middle of the answer. */
  | { readonly kind: 'break' };

export interface OpenMeteoOptions {
  /** Where it listens; on a free port of this machine's loopback by default. */
  readonly address?: { readonly host: string; readonly port: number };
  /** The double's clock; this machine's by default. */
  readonly now?: () => Date;
  /** Calls that it permits: those of the free tier by default. */
  readonly limits?: { readonly minute: number; readonly hour: number; readonly day: number };
  /** The weather of a place; by default one that is the same whoever asks, and when. */
  readonly weather?: (field: string, latitude: number, longitude: number, time: Date) => number;
  /** What a request gets in place of the weather; it is counted first. */
  readonly behave?: (request: {
    readonly number: number;
    readonly locations: number;
    /** Latitude and longitude of each; empty where the request cannot be read. */
    readonly places: readonly (readonly [number, number])[];
  }) => Behaviour | undefined;
  /** Called when a request has come, before anything is done with it. */
  readonly onRequest?: () => void;
}

/** A double of Open-Meteo's forecast API on this machine. */
export interface OpenMeteo {
  readonly url: string;
  readonly given: readonly Given[];
  /** Calls that were counted, each location one. */
  readonly calls: () => number;
  /** The most requests that were under way at a time. */
  readonly parallel: () => number;
  readonly close: () => Promise<void>;
}

const freeTier = { minute: 600, hour: 5000, day: 10_000 };
const again = { minute: 'in one minute', hour: 'in the next hour', day: 'tomorrow' };
const names = { minute: 'Minutely', hour: 'Hourly', day: 'Daily' };
const spans = { minute: 16, hour: 13, day: 10 };

/**
 * Starts a double that serves the documented shape of `/v1/forecast` with `current`: one object for one location, a list
 * for several; 400 with a reason for what is wrong, 429 with one for each of its limits, which count locations and begin
 * anew with the clock's minute, hour and day (UTC). The weather is made up, and the same for the same place and time.
 */
export async function startOpenMeteo(options: OpenMeteoOptions = {}): Promise<OpenMeteo> {
  const { now = () => new Date(), limits = freeTier, behave, onRequest, weather = currentOf } = options;
  const { host, port } = options.address ?? { host: '127.0.0.1', port: 0 };
  const given: Given[] = [];
  const counted = new Map<string, number>();
  let [requests, calls, underWay, parallel] = [0, 0, 0, 0];
  const refusal = (count: number): string | undefined => {
    for (const window of ['minute', 'hour', 'day'] as const) {
      const key = now().toISOString().slice(0, spans[window]);
      const soFar = (counted.get(key) ?? 0) + count;
      counted.set(key, soFar);
      if (soFar > limits[window]) {
        return `${names[window]} API request limit exceeded. Please try again ${again[window]}.`;
      }
    }
    return undefined;
  };
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://double');
    if (url.pathname !== '/v1/forecast') return reply(response, 404, { error: true, reason: 'Not Found' });
    const asked = readQuery(url.searchParams);
    const places = typeof asked === 'string' ? [] : asked.places;
    const locations = Math.max(1, places.length);
    requests += 1;
    calls += locations;
    const behaviour = behave?.({ number: requests, locations, places });
    if (behaviour?.kind === 'silence') return;
    if (behaviour?.kind === 'answer') {
      response.writeHead(behaviour.status, { 'content-type': 'application/json', ...behaviour.headers });
      response.end(behaviour.body);
      return;
    }
    const limited = refusal(locations);
    if (limited !== undefined) return reply(response, 429, { error: true, reason: limited });
    if (typeof asked === 'string') return reply(response, 400, { error: true, reason: asked });
    const { fields } = asked;
    const time = now();
    const blocks = places.map((place, index) => block(place, fields, time, index, weather));
    const body = JSON.stringify(blocks.length === 1 ? blocks[0] : blocks);
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', date: time.toUTCString() });
    if (behaviour?.kind === 'break') {
      response.write(body.slice(0, body.length >> 1), () => response.destroy());
      return;
    }
    response.end(body, () => {
      for (const [index, { current }] of blocks.entries()) {
        const { time: of, interval: _, ...values } = current;
        const [latitude, longitude] = places[index] ?? [0, 0];
        given.push({ latitude, longitude, time: String(of), values: values as Given['values'] });
      }
    });
  };
  const server = createServer((request, response) => {
    onRequest?.();
    underWay += 1;
    parallel = Math.max(parallel, underWay);
    response.on('close', () => {
      underWay -= 1;
    });
    answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(port, host, resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/forecast`,
    given,
    calls: () => calls,
    parallel: () => parallel,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

type Asked = { readonly places: readonly (readonly [number, number])[]; readonly fields: readonly string[] };

/** What is asked for, or the reason why it is refused. */
function readQuery(query: URLSearchParams): Asked | string {
  const numbers = (name: string) => (query.get(name) ?? '').split(',').map(Number);
  const [latitudes, longitudes] = [numbers('latitude'), numbers('longitude')];
  if (latitudes.length !== longitudes.length) {
    return "Parameter 'latitude' and 'longitude' must have the same number of elements";
  }
  for (const [index, latitude] of latitudes.entries()) {
    const longitude = longitudes[index] ?? Number.NaN;
    if (!(Math.abs(latitude) <= 90)) return `Latitude must be in range of -90 to 90°. Given: ${latitude}.`;
    if (!(Math.abs(longitude) <= 180))
      return `Longitude must be in range of -180 to 180°. Given: ${longitude}.`;
  }
  const fields = (query.get('current') ?? '').split(',').filter((field) => field !== '');
  const unknown = fields.find((field) => unitOf(field) === undefined);
  if (unknown !== undefined) {
    return `Data corrupted at path ''. Cannot initialize VariableAndPreviousDay from invalid String value ${unknown}.`;
  }
  return { places: latitudes.map((latitude, index) => [latitude, longitudes[index] ?? 0] as const), fields };
}

/** One location of an answer; its coordinates are those of the model's grid. */
function block(
  [latitude, longitude]: readonly [number, number],
  fields: readonly string[],
  now: Date,
  index: number,
  weather: NonNullable<OpenMeteoOptions['weather']>,
) {
  const quarter = new Date(Math.floor(now.getTime() / 900_000) * 900_000);
  return {
    latitude: Math.round(latitude * 8) / 8,
    longitude: Math.round(longitude * 8) / 8,
    generationtime_ms: 0.1,
    utc_offset_seconds: 0,
    timezone: 'GMT',
    timezone_abbreviation: 'GMT',
    elevation: 38,
    ...(index === 0 ? {} : { location_id: index }),
    current_units: {
      time: 'iso8601',
      interval: 'seconds',
      ...Object.fromEntries(fields.map((field) => [field, unitOf(field)])),
    },
    current: {
      time: quarter.toISOString().slice(0, 16),
      interval: 900,
      ...Object.fromEntries(fields.map((field) => [field, weather(field, latitude, longitude, quarter)])),
    },
  };
}
