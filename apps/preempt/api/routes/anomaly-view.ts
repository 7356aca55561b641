import type { Bound } from '@plumbline/kit/mysql';
import { sql } from '../sql/index.ts';
import type { Anomaly, Severity, Store } from '../store.ts';

export interface AnomalyQuery {
  readonly state?: 'open' | 'all';
  readonly location?: number;
  readonly field?: number;
  readonly since?: Date;
  readonly severities?: readonly Severity[];
  /** The last one of the page before. */
  readonly after?: { readonly startedAt: Date; readonly id: number };
  readonly limit: number;
}

/** An anomaly as clients get it: names in the place of numbers. */
export interface AnomalyView {
  readonly id: number;
  readonly location: { readonly id: number; readonly name: string; readonly country: string };
  readonly field: string;
  readonly unit: string;
  readonly startedAt: Date;
  readonly withdrawn: boolean;
  readonly changedAt: Date;
}

/** Anomalies, the newest first. */
export async function anomalyPageOf(store: Store, query: AnomalyQuery): Promise<AnomalyView[]> {
  const { state = 'open', location = null, field = null, since = null, after, limit } = query;
  const wanted = query.severities ?? [];
  const before = after?.startedAt ?? null;
  const values: Bound[] = [
    state,
    ...[location, location, field, field, since, since],
    wanted.length === 0 ? 'any' : 'some',
    wanted.length === 0 ? ['minor'] : wanted,
    ...[before, before, before, after?.id ?? 0],
    limit,
  ];
  return viewsOf(store, await store.query<Anomaly>(sql['anomalies-page'], values));
}

/** What clients get for rows. */
export async function viewsOf(store: Store, rows: readonly Anomaly[]): Promise<AnomalyView[]> {
  if (rows.length === 0) return [];
  const [{ byId }, fields] = await Promise.all([store.places(), store.fields()]);
  return rows.map(({ location, field, withdrawn, ...row }) => {
    const place = byId.get(location);
    const measured = fields.get(field);
    return {
      ...row,
      // A place that was seeded a moment ago has its number at least.
      location: { id: location, name: place?.name ?? `location ${location}`, country: place?.country ?? '' },
      field: measured?.name ?? `field ${field}`,
      unit: measured?.unit ?? '',
      withdrawn: withdrawn === 1,
    };
  });
}
