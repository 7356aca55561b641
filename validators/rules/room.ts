import { allowance } from '../environment/environment.ts';
import type { Finding } from '../finding.ts';
import { formatBytes, formatCores } from '../room/quantity.ts';
import type { Judged } from './index.ts';

/** The target asks for more than its environment allows it: pods would stay Pending. */
export function room({ target, asks, environment }: Judged): Finding[] {
  const allowed = allowance(environment, target.system);
  const findings: Finding[] = [];
  const over = (what: string, asked: string, most: string) => {
    findings.push({
      rule: 'room',
      severity: 'error',
      message:
        `${target.name} requests ${asked} of ${what}, and ${environment.name} has ${most} for it: ` +
        'some pods would stay Pending; lower the requests, or raise what the environment declares',
      source: { file: `overlays/${environment.name}/environment.yaml` },
    });
  };
  if (asks.cpu > allowed.cpu + 1e-9) over('CPU', formatCores(asks.cpu), formatCores(allowed.cpu));
  if (asks.memory > allowed.memory) over('memory', formatBytes(asks.memory), formatBytes(allowed.memory));
  return findings;
}
