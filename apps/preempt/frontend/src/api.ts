export type Severity = 'minor' | 'major' | 'severe';

export interface Location {
  readonly id: number;
  readonly name: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly elevation: number | null;
  readonly population: number;
  readonly timezone: string;
  readonly collectedAt: string | null;
  readonly severity: Severity | null;
  readonly openAnomalies: number;
}

export interface Anomaly {
  readonly id: number;
  readonly location: { readonly id: number; readonly name: string; readonly country: string };
  readonly field: string;
  readonly unit: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly severity: Severity;
  readonly peakAt: string;
  readonly value: number;
  readonly expected: number;
  readonly lowerBound: number;
  readonly upperBound: number;
  readonly explanation: string;
  /** True of an alert that the source's corrected value took back. */
  readonly withdrawn: boolean;
  readonly changedAt: string;
}

export interface Latest {
  readonly field: string;
  readonly unit: string;
  readonly observedAt: string;
  readonly value: number;
}

export interface Place extends Location {
  readonly latest: readonly Latest[];
  readonly anomalies: readonly Anomaly[];
}

export interface Sample {
  readonly at: string;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly samples: number;
}

export interface Series {
  readonly field: string;
  readonly unit: string;
  readonly from: string;
  readonly to: string;
  readonly bucketSeconds: number | null;
  readonly observations: readonly Sample[];
  readonly band: readonly {
    readonly at: string;
    readonly expected: number;
    readonly lower: number;
    readonly upper: number;
  }[];
}

export interface Summary {
  readonly locations: number;
  readonly affectedLocations: number;
  readonly open: Readonly<Record<Severity, number>>;
  readonly lastCollectionAt: string | null;
  readonly state: 'empty' | 'fresh' | 'stale';
}

export interface AnomalyPage {
  readonly anomalies: readonly Anomaly[];
  readonly nextCursor: string | null;
}

/** What went wrong, in words for whoever reads the page. */
export class Failure extends Error {
  /** 0 when no answer came. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const deadline = 15_000;

async function get<Body>(
  path: string,
  query: Record<string, string | undefined> = {},
  signal?: AbortSignal,
): Promise<Body> {
  const chosen = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const url = chosen.length === 0 ? path : `${path}?${new URLSearchParams(chosen)}`;
  const late = AbortSignal.timeout(deadline);
  let answer: Response;
  try {
    answer = await fetch(url, {
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
      // The browser's own copy would lack what the stream told of meanwhile; what the API keeps is newer.
      cache: 'no-cache',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure(0, 'The server does not answer.');
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Failure(answer.status, told(answer.status, problem as { title?: string; detail?: string }));
  }
  return (await answer.json()) as Body;
}

function told(status: number, { title, detail }: { title?: string; detail?: string }): string {
  if (title === undefined) return `The server is not well: it answered ${status}.`;
  return detail === undefined ? `${title}.` : `${title}: ${detail}.`;
}

export async function readLocations(): Promise<Location[]> {
  const all: Location[] = [];
  let cursor: string | undefined;
  do {
    const page = await get<{ locations: Location[]; nextCursor: string | null }>('/api/locations', {
      limit: '1000',
      cursor,
    });
    all.push(...page.locations);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}

export async function searchLocations(q: string, signal: AbortSignal): Promise<Location[]> {
  const page = await get<{ locations: Location[] }>(
    '/api/locations',
    { q, sort: 'population', limit: '8' },
    signal,
  );
  return page.locations;
}

export const readPlace = (id: number, signal: AbortSignal) => get<Place>(`/api/locations/${id}`, {}, signal);

export const readSeries = (
  id: number,
  query: { field: string; from: string; to: string; points: string },
  signal: AbortSignal,
) => get<Series>(`/api/locations/${id}/observations`, query, signal);

export const readAnomalies = (query: Record<string, string | undefined>, signal?: AbortSignal) =>
  get<AnomalyPage>('/api/anomalies', query, signal);

export const readSummary = () => get<Summary>('/api/summary');
