import type { Address } from '../../deploy/index.ts';

const begin = '<!-- addresses -->';
const end = '<!-- /addresses -->';

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

/** A page with the table of addresses between its two marks made anew. @throws Error when the marks are not there. */
export function withAddressTable(page: string, rows: readonly Address[]): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page lacks the marks ${begin} and ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${addressTable(rows)}\n\n${page.slice(to)}`;
}
