import type { Address } from '../addresses.ts';
import { type AskStep, type Command, command, minutes, seconds } from '../plan/step.ts';
import type { System } from '../systems.ts';
import {
  addressesOfOne,
  filterKindConfig,
  type KindConfig,
  kindConfigFile,
  kindConfigText,
  wholeCluster,
} from './kind-config.ts';

/** What a kind cluster is made for. */
export interface KindPurpose {
  /** The cluster's name. */
  readonly name: string;
  readonly systems: readonly System[];
  readonly addresses: readonly Address[];
  readonly kindConfig: KindConfig;
}

/** Makes a kind cluster unless it is there. */
export function createKindCluster(purpose: KindPurpose): AskStep {
  return {
    kind: 'ask',
    does: `Make the kind cluster "${purpose.name}"`,
    asks: [command(['kind', 'get', 'clusters'], { deadline: seconds(30) })],
    leadsTo: ([answer]) => ({
      commands: (answer?.output ?? '').split(/\s+/).includes(purpose.name) ? [] : [createCommand(purpose)],
    }),
    assumed: { says: 'unless it is there', answers: [{ status: 0, output: '' }] },
  };
}

/** kind's command; a cluster for one system maps only that system's ports. */
function createCommand({ name, systems, addresses, kindConfig }: KindPurpose): Command {
  const create = ['kind', 'create', 'cluster', '--name', name, '--config'] as const;
  const options = { deadline: minutes(10) };
  const [only] = systems;
  if (name === wholeCluster || only === undefined) return command([...create, kindConfigFile], options);
  const config = filterKindConfig(kindConfig, addressesOfOne(addresses, only));
  return command([...create, '-'], { ...options, input: kindConfigText(config) });
}

/** Takes a kind cluster away with all that it holds. */
export function deleteKindCluster(name: string): Command {
  return command(['kind', 'delete', 'cluster', '--name', name], { deadline: minutes(3) });
}
