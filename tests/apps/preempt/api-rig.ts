import {
  makeAnomaly,
  makeFields,
  makeObservations,
  makePlaces,
  spreadPlaces,
} from '../../../trial/preempt-weather.ts';
import { type Answer, type Api, startApi } from './api-server.ts';
import { openPlatform, type Platform } from './platform.ts';

/** A replica of the api over places, weather and anomalies that its tests know. */
export interface Rig {
  readonly platform: Platform;
  readonly api: Api;
}

export const hour = 3_600_000;
export const now = new Date(Math.floor(Date.now() / 60_000) * 60_000);
export const before = (hours: number): Date => new Date(now.getTime() - hours * hour);

/** The last three are as many as each other: their names run against their numbers. */
export const places = [
  ...spreadPlaces(60),
  ...(
    [
      [900, 'São Paulo', 'BR', -23.55, -46.63, 10_021_295],
      [901, 'Saint-Étienne', 'FR', 45.43, 4.39, 176_280],
      [902, 'Suva', 'FJ', -18.14, 178.44, 77_366],
      [903, 'Zeta', 'GR', 40, 22, 500],
      [904, 'Mu', 'GR', 41, 22, 500],
      [905, 'Alpha', 'GR', 42, 22, 500],
    ] as const
  ).map(([id, name, country, latitude, longitude, population]) => ({
    ...{ id, name, country, latitude, longitude, population },
  })),
];

/** Every place has 20 days of weather up to now; São Paulo has two open anomalies, Saint-Étienne one that is over. */
export async function openRig(): Promise<Rig> {
  const platform = await openPlatform();
  try {
    const { pool } = platform;
    await makeFields(pool);
    await makePlaces(pool, places, now);
    await makeObservations(pool, { days: 20, minutes: 120, until: now });
    await makeAnomaly(pool, { location: 900, field: 1, startedAt: before(3), severity: 'minor' });
    await makeAnomaly(pool, { location: 900, field: 2, startedAt: before(2), severity: 'severe' });
    await makeAnomaly(pool, {
      location: 901,
      field: 1,
      startedAt: before(50),
      endedAt: before(40),
      severity: 'major',
    });
    return { platform, api: await startApi(platform) };
  } catch (error) {
    await platform.close();
    throw error;
  }
}

/** Twenty places with ten days of weather up to now, and no api yet. */
export async function openSmall(): Promise<Platform> {
  const platform = await openPlatform();
  try {
    const { pool } = platform;
    await makeFields(pool);
    await makePlaces(pool, spreadPlaces(20), now);
    await makeObservations(pool, { days: 10, minutes: 120, until: now });
    return platform;
  } catch (error) {
    await platform.close();
    throw error;
  }
}

/** The names of a page of locations. */
export const names = (answer: Answer): string[] =>
  answer.body.locations.map(({ name }: { name: string }) => name);
