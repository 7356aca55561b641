import type { Address } from '../../deploy/index.ts';

/** The table of addresses as Markdown: a row a way in. */
export function addressTable(rows: readonly Address[]): string {
  const cell = (value: string | number | undefined) => (value === undefined ? '' : String(value));
  const lines = rows.map(({ system, service, port, forward, nodePort, host, about }) =>
    [system ?? 'platform', service, port, forward, nodePort, host, about].map(cell),
  );
  const head = ['system', 'Service', 'port', 'forward', 'node', "kind's host", 'what it is'];
  const all = [head, ...lines];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const write = (row: readonly string[]) =>
    `| ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [write(head), write(widths.map((width) => '-'.repeat(width))), ...lines.map(write)].join('\n');
}
