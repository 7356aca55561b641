import { backendSettings } from '../../../apps/feastflow/backend/settings.ts';
import { readConfig } from '../../../apps/kit/index.ts';
import { podContainer } from '../../../trial/overlay/container.ts';
import { workloadOf } from '../../../trial/overlay/system.ts';
import type { Shop } from './shop.ts';

/** How many statements a backend of the overlay has under way at once; further ones wait for a connection. */
export function connectionsOf({ trial: { system } }: Shop): number {
  const { env } = podContainer(system, workloadOf(system, 'Deployment', 'feastflow-backend'));
  return readConfig(Object.fromEntries(env), backendSettings).poolSize;
}
