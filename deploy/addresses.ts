import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseYaml, UsageError } from '@plumbline/validators';

/** One way in from outside a cluster: a row of overlays/addresses.yaml. */
export interface Address {
  /** Undefined for what the cluster itself brings. */
  readonly system?: string;
  readonly service: string;
  readonly port: number;
  /** The laptop's port of the seed's `kubectl port-forward`. */
  readonly forward?: number;
  readonly nodePort?: number;
  /** The laptop's port that the kind cluster maps to the nodePort. */
  readonly host?: number;
  readonly about: string;
}

const file = 'overlays/addresses.yaml';

/** Reads the table of addresses. @throws UsageError when the file has another form or a port stands twice. */
export async function readAddresses(root: string): Promise<Address[]> {
  const content = parseYaml(await readFile(join(root, file), 'utf8')) as {
    addresses?: Address[];
    platform?: Address[];
  } | null;
  if (!Array.isArray(content?.addresses) || !Array.isArray(content.platform)) {
    throw new UsageError(`${file} must hold the lists "addresses" and "platform"`);
  }
  const rows = [...content.addresses, ...content.platform];
  const clash = clashes(rows)[0];
  if (clash !== undefined) throw new UsageError(`${file}: ${clash}`);
  return rows;
}

/** Every port of a column that two rows claim; a laptop's port is claimed by a forward and by a mapping alike. */
export function clashes(rows: readonly Address[]): string[] {
  const found: string[] = [];
  const claim = (column: string, ports: (row: Address) => readonly (number | undefined)[]) => {
    const owners = new Map<number, string>();
    for (const row of rows) {
      for (const port of ports(row)) {
        if (port === undefined) continue;
        const owner = owners.get(port);
        const name = `${row.system ?? 'platform'}/${row.service}`;
        if (owner !== undefined) found.push(`${column} ${port} is claimed by ${owner} and by ${name}`);
        owners.set(port, name);
      }
    }
  };
  claim('nodePort', ({ nodePort }) => [nodePort]);
  claim('port of the laptop', ({ forward, host }) => [forward, host]);
  return found;
}
