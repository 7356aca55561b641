import { allowance } from '../environment/environment.ts';
import { formatBytes, formatCores } from '../room/quantity.ts';
import type { Problem, Rule } from './rule.ts';

/** The target asks for more than its environment allows it: pods would stay Pending. */
export const room: Rule = {
  id: 'room',
  severity: 'error',
  family: 'room',
  title: 'a target asks for more than its environment has for it',
  needsEnvironment: true,
  *check({ target, system, asks, environment }): Iterable<Problem> {
    if (environment === undefined) return;
    const allowed = allowance(environment, system);
    const over = (what: string, asked: string, most: string): Problem => ({
      message:
        `${target} requests ${asked} of ${what}, and ${environment.name} has ${most} for it: ` +
        'some pods would stay Pending; lower the requests, or raise what the environment declares',
      source: { file: `overlays/${environment.name}/environment.yaml` },
    });
    if (asks.cpu > allowed.cpu + 1e-9) yield over('CPU', formatCores(asks.cpu), formatCores(allowed.cpu));
    if (asks.memory > allowed.memory)
      yield over('memory', formatBytes(asks.memory), formatBytes(allowed.memory));
  },
};
